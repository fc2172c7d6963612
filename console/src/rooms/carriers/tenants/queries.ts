/** Tenants as the platform's operators see them. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components, paths } from "@/client/schema";
import { withPages } from "@/kit/listResult";

export type Tenant = components["schemas"]["TenantView"];
export type TenantUser = components["schemas"]["UserView"];
export type TenantRequest = components["schemas"]["TenantRequest"];
export type TenantChange = components["schemas"]["TenantChange"];
export type TenantQuery = NonNullable<paths["/console/api/tenants"]["get"]["parameters"]["query"]>;

const MOST_USERS = 100;

export function useTenants(query: TenantQuery) {
  const read = (wanted: TenantQuery) => bodyOf(api.GET("/console/api/tenants", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: ["tenants", "list", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

export function useTenant(tenantId: string | null) {
  return useQuery({
    queryKey: ["tenants", "one", tenantId],
    queryFn: () => bodyOf(api.GET("/console/api/tenants/{tenant_id}", { params: { path: { tenant_id: tenantId ?? "" } } })),
    enabled: tenantId !== null,
  });
}

export function useTenantUsers(tenantId: string) {
  return useQuery({
    queryKey: ["tenants", "users", tenantId],
    queryFn: () =>
      bodyOf(
        api.GET("/console/api/tenants/{tenant_id}/users", {
          params: { path: { tenant_id: tenantId }, query: { limit: MOST_USERS } },
        }),
      ),
  });
}

export const acts = {
  create: (body: TenantRequest) => bodyOf(api.POST("/console/api/tenants", { body })),
  change: (tenant_id: string, body: TenantChange) =>
    bodyOf(api.PATCH("/console/api/tenants/{tenant_id}", { params: { path: { tenant_id } }, body })),
  addAdmin: (tenant_id: string, name: string, password: string) =>
    bodyOf(
      api.POST("/console/api/tenants/{tenant_id}/users", {
        params: { path: { tenant_id } },
        body: { name, password, roles: ["te_admin"], temporary: true },
      }),
    ),
};

/** Act, and read the tenants again, also after a refusal. */
export function useAct() {
  const client = useQueryClient();
  return async <R>(act: () => Promise<R>): Promise<R> => {
    try {
      return await act();
    } finally {
      await client.invalidateQueries({ queryKey: ["tenants"] });
    }
  };
}
