/** Reading and acting on the platform's own card templates, for its operators. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components, paths } from "@/client/schema";
import { withPages } from "@/kit/listResult";
import type { Vendor } from "@/rooms/smart/queries";

export type PublicCard = components["schemas"]["PublicCardView"];
export type PublicVendor = components["schemas"]["PublicVendorView"];
export type PublicCardQuery = NonNullable<paths["/console/api/public-card-templates"]["get"]["parameters"]["query"]>;

/** Handset vendors answer while people look. */
const LIST_MS = 10_000;

export function usePublicCards(query: PublicCardQuery) {
  const read = (wanted: PublicCardQuery) => bodyOf(api.GET("/console/api/public-card-templates", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: ["public-cards", "list", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: LIST_MS,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

export function usePublicCard(tplId: string | null) {
  return useQuery({
    queryKey: ["public-cards", "one", tplId],
    queryFn: () => bodyOf(api.GET("/console/api/public-card-templates/{tpl_id}", { params: { path: { tpl_id: tplId ?? "" } } })),
    enabled: tplId !== null,
  });
}

/** Do something and read the public templates again, also when it was refused. */
export function usePublicAct() {
  const client = useQueryClient();
  const { mutateAsync } = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: () => client.invalidateQueries({ queryKey: ["public-cards"] }),
  });
  return async <T,>(act: () => Promise<T>): Promise<T> => (await mutateAsync(act)) as T;
}

const pathOf = (tpl_id: string) => ({ params: { path: { tpl_id } } });

export const publicActs = {
  seed: () => bodyOf(api.POST("/console/api/public-card-templates")),
  setUse: (id: string, isEnabled: boolean, reason = "") =>
    bodyOf(api.PUT("/console/api/public-card-templates/{tpl_id}/use", { ...pathOf(id), body: { is_enabled: isEnabled, reason } })),
  submit: (id: string) => bodyOf(api.POST("/console/api/public-card-templates/{tpl_id}/submit", pathOf(id))),
} as const;

/** Where a frame gets a public card with its examples, as one vendor's phones draw it. */
export function publicFrameUrl(tplId: string, vendor: Vendor): string {
  return `/console/api/public-card-templates/${encodeURIComponent(tplId)}/card?vendor=${vendor}`;
}
