/** Reading and acting on the platform's own link domains, for its operators. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components } from "@/client/schema";

export type PublicDomain = components["schemas"]["PublicDomainView"];

/** Handset vendors answer while people look. */
const LIST_MS = 10_000;

export function usePublicDomains() {
  return useQuery({
    queryKey: ["public-domains"],
    queryFn: () => bodyOf(api.GET("/console/api/public-link-domains")),
    refetchInterval: LIST_MS,
  });
}

/** Do something and read the domains again, also when it was refused. */
export function usePublicDomainAct() {
  const client = useQueryClient();
  const { mutateAsync } = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: () => client.invalidateQueries({ queryKey: ["public-domains"] }),
  });
  return async <T,>(act: () => Promise<T>): Promise<T> => (await mutateAsync(act)) as T;
}

const pathOf = (domain_id: number) => ({ params: { path: { domain_id } } });

export const publicDomainActs = {
  add: (domain: string) => bodyOf(api.POST("/console/api/public-link-domains", { body: { domain } })),
  preset: (id: number) => bodyOf(api.POST("/console/api/public-link-domains/{domain_id}/preset", pathOf(id))),
  setUse: (id: number, isActive: boolean) =>
    bodyOf(api.PUT("/console/api/public-link-domains/{domain_id}/use", { ...pathOf(id), body: { is_active: isActive } })),
  submit: (id: number) => bodyOf(api.POST("/console/api/public-link-domains/{domain_id}/submit", pathOf(id))),
  check: (id: number) => bodyOf(api.POST("/console/api/public-link-domains/{domain_id}/check", pathOf(id))),
} as const;
