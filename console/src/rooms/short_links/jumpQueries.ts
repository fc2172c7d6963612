/** Reading and acting on jump links: pages that a tap on a plain link opens. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components, paths } from "@/client/schema";
import { withPages } from "@/kit/listResult";
import type { Tone } from "@/kit/StateTag";
import { may, useSignedIn } from "@/rooms/identity/session";

export type JumpLink = components["schemas"]["JumpLinkView"];
export type WantedJumpLink = components["schemas"]["WantedJumpLink"];
type JumpQuery = NonNullable<paths["/console/api/jump-links"]["get"]["parameters"]["query"]>;

export const JUMP_TONES: Record<JumpLink["state"], Tone> = { reviewing: "busy", approved: "good", rejected: "bad" };
export const JUMP_STATES = Object.keys(JUMP_TONES) as JumpLink["state"][];
export const URL_CHARS = 2048;
/** What a whole address looks like; the back end looks closer. */
export const WHOLE_URL = /^https?:\/\/\S+$/i;

/** The desk decides while people look. */
const LIST_MS = 10_000;
const AT_ONCE = 100;

export function useJumpLinks(query: JumpQuery) {
  const read = (wanted: JumpQuery) => bodyOf(api.GET("/console/api/jump-links", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: ["jump-links", "list", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: LIST_MS,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

/** Approved links with a part of name or URL, for pickers; nothing for who may not see them. */
export function useApprovedLinks(text: string) {
  const { session } = useSignedIn();
  const query = { text, state: ["approved" as const], limit: AT_ONCE };
  return useQuery({
    queryKey: ["jump-links", "approved", text],
    queryFn: () => bodyOf(api.GET("/console/api/jump-links", { params: { query } })),
    placeholderData: keepPreviousData,
    enabled: may(session, "hongyan:linkDomain:list"),
  });
}

export function useJumpLink(linkId: number | null) {
  return useQuery({
    queryKey: ["jump-links", "one", linkId],
    queryFn: () => bodyOf(api.GET("/console/api/jump-links/{link_id}", { params: { path: { link_id: linkId ?? 0 } } })),
    enabled: linkId !== null,
  });
}

/** Do something and read all jump links again, also when it was refused. */
export function useJumpAct() {
  const client = useQueryClient();
  const { mutateAsync } = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: () => client.invalidateQueries({ queryKey: ["jump-links"] }),
  });
  return async <T,>(act: () => Promise<T>): Promise<T> => (await mutateAsync(act)) as T;
}

const linkPath = (link_id: number) => ({ path: { link_id } });

export const jumpActs = {
  add: (body: WantedJumpLink) => bodyOf(api.POST("/console/api/jump-links", { body })),
  change: (id: number, body: WantedJumpLink) => bodyOf(api.PUT("/console/api/jump-links/{link_id}", { params: linkPath(id), body })),
  remove: (id: number) => bodyOf(api.DELETE("/console/api/jump-links/{link_id}", { params: linkPath(id) })),
  urge: (id: number) => bodyOf(api.POST("/console/api/jump-links/{link_id}/urge", { params: linkPath(id) })),
} as const;
