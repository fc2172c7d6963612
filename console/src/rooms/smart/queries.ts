/** Reading and acting on card templates. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components, paths } from "@/client/schema";
import { withPages } from "@/kit/listResult";

export type CardTemplate = components["schemas"]["CardTemplateView"];
export type CardTemplateDetail = components["schemas"]["CardTemplateDetail"];
export type CardVendor = components["schemas"]["CardVerdictView"];
export type Vendor = components["schemas"]["Vendor"];
export type CardQuery = NonNullable<paths["/console/api/card-templates"]["get"]["parameters"]["query"]>;

/** The desk and handset vendors decide while people look. */
const LIST_MS = 10_000;

export function useCardTemplates(query: CardQuery) {
  const read = (wanted: CardQuery) => bodyOf(api.GET("/console/api/card-templates", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: ["card-templates", "list", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: LIST_MS,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

/** Layouts and scenes that a list can be narrowed by. */
export function useCardChoices() {
  return useQuery({
    queryKey: ["card-templates", "choices"],
    queryFn: () => bodyOf(api.GET("/console/api/card-templates/choices")),
    staleTime: 60_000,
  });
}

export function useCardTemplate(tplId: string | null) {
  return useQuery({
    queryKey: ["card-templates", "one", tplId],
    queryFn: () => bodyOf(api.GET("/console/api/card-templates/{tpl_id}", { params: { path: { tpl_id: tplId ?? "" } } })),
    enabled: tplId !== null,
  });
}

/** Do something and read all card templates again, also when it was refused: somebody else may have been first. */
export function useAct() {
  const client = useQueryClient();
  const { mutateAsync } = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: () => Promise.all([["card-templates"], ["send-form"]].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  return async <T,>(act: () => Promise<T>): Promise<T> => (await mutateAsync(act)) as T;
}

const pathOf = (tpl_id: string) => ({ params: { path: { tpl_id } } });

export const acts = {
  urge: (id: string) => bodyOf(api.POST("/console/api/card-templates/{tpl_id}/urge", pathOf(id))),
  setUse: (id: string, isEnabled: boolean, reason = "") =>
    bodyOf(api.PUT("/console/api/card-templates/{tpl_id}/use", { ...pathOf(id), body: { is_enabled: isEnabled, reason } })),
  remove: (id: string) => bodyOf(api.DELETE("/console/api/card-templates/{tpl_id}", pathOf(id))),
} as const;

/** Where a frame gets the card with its examples, as one vendor's phones draw it. */
export function cardFrameUrl(tplId: string, vendor: Vendor): string {
  return `/console/api/send-form/card-templates/${encodeURIComponent(tplId)}/card?vendor=${vendor}`;
}
