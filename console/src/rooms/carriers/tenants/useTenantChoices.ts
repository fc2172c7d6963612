/** Tenants to choose from by typing, of all there are; and the names of those that lists mention. */
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { api, bodyOf } from "@/client/api";
import type { Tenant } from "@/rooms/carriers/tenants/queries";

const TYPING_MS = 300;
const SHOWN = 20;
/** Names of companies change seldom. */
const FRESH_MS = 300_000;

interface Choice {
  value: string;
  label: string;
}

function labelOf({ short_name, legal_name }: Tenant): string {
  return short_name === legal_name ? short_name : `${short_name} · ${legal_name}`;
}

function one(tenantId: string) {
  return {
    queryKey: ["tenants", "one", tenantId],
    queryFn: () => bodyOf(api.GET("/console/api/tenants/{tenant_id}", { params: { path: { tenant_id: tenantId } } })),
    staleTime: FRESH_MS,
  };
}

/** Return the names of tenants by id, as far as they are known yet; ids may come more than once. */
export function useTenantNames(ids: readonly string[]): ReadonlyMap<string, Tenant> {
  const wanted = [...new Set(ids)].sort();
  return useQueries({
    queries: wanted.map(one),
    combine: (results) => new Map(results.flatMap(({ data }) => (data === undefined ? [] : [[data.id, data] as const]))),
  });
}

/** Return choices for what is typed; the chosen one is always among them. */
export function useTenantChoices(chosen: string | undefined): { choices: Choice[]; onSearch: (typed: string) => void } {
  const [typed, onSearch] = useState("");
  const [search, setSearch] = useState("");
  useEffect(() => {
    const timer = window.setTimeout(() => setSearch(typed.trim()), TYPING_MS);
    return () => window.clearTimeout(timer);
  }, [typed]);
  const { data } = useQuery({
    queryKey: ["tenants", "choices", search],
    queryFn: () => {
      const query = { limit: SHOWN, search: search === "" ? undefined : search };
      return bodyOf(api.GET("/console/api/tenants", { params: { query } }));
    },
    placeholderData: keepPreviousData,
  });
  const known = useTenantNames(chosen === undefined ? [] : [chosen]).get(chosen ?? "");
  const found = data?.items ?? [];
  const all = known === undefined || found.some(({ id }) => id === known.id) ? found : [known, ...found];
  return { choices: all.map((tenant) => ({ value: tenant.id, label: labelOf(tenant) })), onSearch };
}
