/** Unknown messages and paces, for the people who run the installation. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import { useLiveTopic } from "@/client/live";
import type { components, paths } from "@/client/schema";

export type Unknown = components["schemas"]["UnknownView"];
export type Policy = components["schemas"]["PolicyView"];
export type Pace = components["schemas"]["PaceView"];
export type MessageClass = components["schemas"]["MessageClassName"];
export type UnknownQuery = NonNullable<paths["/console/api/unknowns"]["get"]["parameters"]["query"]>;

const LIVE_MS = 5_000;
/** Where a stream tells of changes. */
const CALM_MS = 30_000;
/** Of very many, as they come. */
const REST_MS = 2_000;

export function useUnknowns(query: UnknownQuery) {
  const isTold = useLiveTopic("unknowns", ["unknowns", "list"], true, REST_MS);
  return useQuery({
    queryKey: ["unknowns", "list", query],
    queryFn: () => bodyOf(api.GET("/console/api/unknowns", { params: { query } })),
    placeholderData: keepPreviousData,
    refetchInterval: isTold ? CALM_MS : LIVE_MS,
  });
}

/** One message's whole life. */
export function useMessage(messageId: number) {
  return useQuery({
    queryKey: ["unknowns", "message", messageId],
    queryFn: () => bodyOf(api.GET("/console/api/messages/{message_id}", { params: { path: { message_id: messageId } } })),
    refetchInterval: LIVE_MS,
  });
}

export function usePolicies() {
  useLiveTopic("unknowns", ["unknowns", "policies"], true, REST_MS);
  return useQuery({ queryKey: ["unknowns", "policies"], queryFn: () => bodyOf(api.GET("/console/api/unknowns/policies")) });
}

export function usePaces() {
  return useQuery({ queryKey: ["unknowns", "paces"], queryFn: () => bodyOf(api.GET("/console/api/paces")) });
}

/** Channels, to name them. */
export function useChannels() {
  const channels = useQuery({ queryKey: ["unknowns", "channels"], queryFn: () => bodyOf(api.GET("/console/api/channels")) });
  return channels.data?.items ?? [];
}

export const acts = {
  resend: (message_ids: number[]) => bodyOf(api.POST("/console/api/unknowns/resend", { body: { message_ids } })),
  giveUp: (message_ids: number[]) => bodyOf(api.POST("/console/api/unknowns/give-up", { body: { message_ids } })),
  policy: (klass: MessageClass, may_resend_unknown: boolean) =>
    bodyOf(api.PUT("/console/api/unknowns/policies/{klass}", { params: { path: { klass } }, body: { may_resend_unknown } })),
  reveal: (message_id: number, reason: string) =>
    bodyOf(api.POST("/console/api/messages/{message_id}/reveal", { params: { path: { message_id } }, body: { reason } })),
  setPace: (body: components["schemas"]["PaceRequest"]) => bodyOf(api.PUT("/console/api/paces", { body })),
  clearPace: ({ tenant_id, signature_id }: Pace) =>
    bodyOf(api.DELETE("/console/api/paces", { params: { query: { tenant_id, signature_id: signature_id ?? undefined } } })),
};

/** Act, and read everything here again, also after a refusal. */
export function useAct() {
  const client = useQueryClient();
  return async <R>(act: () => Promise<R>): Promise<R> => {
    try {
      return await act();
    } finally {
      await client.invalidateQueries({ queryKey: ["unknowns"] });
    }
  };
}
