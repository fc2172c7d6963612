/** Reading and acting on callback addresses. */
import { keepPreviousData, type QueryKey, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import { useLiveTopic } from "@/client/live";
import type { components, paths } from "@/client/schema";
import { withPages } from "@/kit/listResult";

export type Callback = components["schemas"]["CallbackView"];
export type CallbackKind = components["schemas"]["AddressKind"];
export type Attempt = components["schemas"]["CallbackAttempt"];
export type Post = components["schemas"]["CallbackPost"];
export type TenantKind = paths["/console/api/callbacks/kinds/{kind}"]["put"]["parameters"]["path"]["kind"];
export type PostQuery = NonNullable<paths["/console/api/callbacks/{address_id}/posts"]["get"]["parameters"]["query"]>;
export type AttemptQuery = NonNullable<paths["/console/api/callbacks/{address_id}/attempts"]["get"]["parameters"]["query"]>;
export type Replay = components["schemas"]["CallbackReplay"];

const LIVE_MS = 5_000;
/** Where a stream tells of changes. */
const CALM_MS = 30_000;

/** Follow what is posted; where much is, not more often than without a stream. Tells how often to read by oneself. */
function useLiveInterval(queryKey: QueryKey): number {
  return useLiveTopic("callbacks", queryKey, true, LIVE_MS) ? CALM_MS : LIVE_MS;
}

const pathOf = (address_id: string) => ({ params: { path: { address_id } } });

export function useCallbacks() {
  const refetchInterval = useLiveInterval(["callbacks", "list"]);
  return useQuery({
    queryKey: ["callbacks", "list"],
    queryFn: () => bodyOf(api.GET("/console/api/callbacks")),
    refetchInterval,
  });
}

export function useAddress(addressId: string) {
  const refetchInterval = useLiveInterval(["callbacks", addressId, "one"]);
  return useQuery({
    queryKey: ["callbacks", addressId, "one"],
    queryFn: () => bodyOf(api.GET("/console/api/callbacks/{address_id}", pathOf(addressId))),
    refetchInterval,
  });
}

export function usePosts(addressId: string, query: PostQuery) {
  const refetchInterval = useLiveInterval(["callbacks", addressId, "posts"]);
  const read = (wanted: PostQuery) =>
    bodyOf(api.GET("/console/api/callbacks/{address_id}/posts", { params: { path: { address_id: addressId }, query: wanted } }));
  const list = useQuery({
    queryKey: ["callbacks", addressId, "posts", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

export function useAttempts(addressId: string, query: AttemptQuery) {
  const refetchInterval = useLiveInterval(["callbacks", addressId, "attempts"]);
  const read = (wanted: AttemptQuery) =>
    bodyOf(api.GET("/console/api/callbacks/{address_id}/attempts", { params: { path: { address_id: addressId }, query: wanted } }));
  const list = useQuery({
    queryKey: ["callbacks", addressId, "attempts", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

/** Do something and read everything of this room again, also when it was refused. */
export function useAct() {
  const client = useQueryClient();
  const { mutateAsync } = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: () => client.invalidateQueries({ queryKey: ["callbacks"] }),
  });
  return async <T,>(act: () => Promise<T>): Promise<T> => (await mutateAsync(act)) as T;
}

export const acts = {
  set: (kind: TenantKind, callback_url: string, remark: string) =>
    bodyOf(api.PUT("/console/api/callbacks/kinds/{kind}", { params: { path: { kind } }, body: { callback_url, remark } })),
  remove: (id: string) => bodyOf(api.DELETE("/console/api/callbacks/{address_id}", pathOf(id))),
  enable: (id: string) => bodyOf(api.POST("/console/api/callbacks/{address_id}/enable", pathOf(id))),
  newSecret: (id: string) => bodyOf(api.POST("/console/api/callbacks/{address_id}/secret", pathOf(id))),
  dropSecret: (id: string) => bodyOf(api.DELETE("/console/api/callbacks/{address_id}/secret", pathOf(id))),
  test: (id: string) => bodyOf(api.POST("/console/api/callbacks/{address_id}/test", pathOf(id))),
  replay: (id: string, body: Replay) => bodyOf(api.POST("/console/api/callbacks/{address_id}/replay", { ...pathOf(id), body })),
} as const;
