/** Reading and acting on the platform's own video templates, for its operators. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components, paths } from "@/client/schema";
import { withPages } from "@/kit/listResult";

export type PublicVideo = components["schemas"]["PublicVideoView"];
export type PublicVideoQuery = NonNullable<paths["/console/api/public-video-templates"]["get"]["parameters"]["query"]>;

export function usePublicVideos(query: PublicVideoQuery) {
  const read = (wanted: PublicVideoQuery) => bodyOf(api.GET("/console/api/public-video-templates", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: ["public-videos", "list", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

export function usePublicVideo(tplId: string | null) {
  return useQuery({
    queryKey: ["public-videos", "one", tplId],
    queryFn: () => bodyOf(api.GET("/console/api/public-video-templates/{tpl_id}", { params: { path: { tpl_id: tplId ?? "" } } })),
    enabled: tplId !== null,
  });
}

/** Do something and read the public templates again, also when it was refused. */
export function usePublicVideoAct() {
  const client = useQueryClient();
  const { mutateAsync } = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: () => client.invalidateQueries({ queryKey: ["public-videos"] }),
  });
  return async <T,>(act: () => Promise<T>): Promise<T> => (await mutateAsync(act)) as T;
}

export const publicVideoActs = {
  seed: () => bodyOf(api.POST("/console/api/public-video-templates")),
  setUse: (tpl_id: string, isUsable: boolean, reason = "") =>
    bodyOf(api.PUT("/console/api/public-video-templates/{tpl_id}/use", { params: { path: { tpl_id } }, body: { is_usable: isUsable, reason } })),
} as const;

export function publicMediumUrl(tplId: string, number: number): string {
  return `/console/api/public-video-templates/${encodeURIComponent(tplId)}/media/${number}`;
}
