/** Reading and acting on service accounts, their menus and home pages, and channel numbers. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components, paths } from "@/client/schema";
import { sendFile } from "@/client/upload";
import { withPages } from "@/kit/listResult";
import type { Send } from "@/kit/useUploads";

type Schemas = components["schemas"];
export type Account = Schemas["ServiceAccountView"];
export type AccountSheet = Schemas["ServiceAccountDetail"];
export type AccountPart = Schemas["AccountPartView"];
export type AccountBody = Schemas["ServiceAccountBody"];
export type NewAccountBody = Schemas["NewServiceAccountBody"];
export type MenuBody = Schemas["AccountMenuChangeBody"];
export type PortalBody = Schemas["AccountPortalChangeBody"];
export type ChannelNumber = Schemas["ChannelNumberView"];
export type ChannelNumberBody = Schemas["ChannelNumberBody"];
export type Binding = Schemas["BindingView"];
export type BindingBody = Schemas["BindingBody"];
export type Guide = Schemas["AccountFormGuide"];
export type PictureUse = Schemas["PictureUse"];
export type State = Account["state"];
export type Approval = Account["approval"];

type QueryOf<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never;
export type AccountQuery = QueryOf<"/console/api/service-accounts">;
export type PartQuery = QueryOf<"/console/api/service-accounts/menus">;
export type PortQuery = QueryOf<"/console/api/channel-numbers">;
export type BindingQuery = QueryOf<"/console/api/channel-numbers/bindings">;

/** The review desk decides while people look. */
const LIST_MS = 10_000;
/** The most that a picker asks for at once. */
const PICKED = 100;
const ROOM = "service-accounts";

export function useGuide() {
  return useQuery({ queryKey: [ROOM, "guide"], queryFn: () => bodyOf(api.GET("/console/api/service-accounts/form")), staleTime: 60_000 });
}

export function useAccounts(query: AccountQuery) {
  const read = (wanted: AccountQuery) => bodyOf(api.GET("/console/api/service-accounts", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: [ROOM, "accounts", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: LIST_MS,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

/** The accounts that phones show now. */
export function useEffectiveAccounts() {
  return useAccounts({ state: "effective", limit: PICKED });
}

export function useMenus(query: PartQuery, enabled: boolean) {
  const read = (wanted: PartQuery) => bodyOf(api.GET("/console/api/service-accounts/menus", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: [ROOM, "menus", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: LIST_MS,
    enabled,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

export function usePortals(query: PartQuery, enabled: boolean) {
  const read = (wanted: PartQuery) => bodyOf(api.GET("/console/api/service-accounts/portals", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: [ROOM, "portals", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: LIST_MS,
    enabled,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

export function useAccount(pubId: string) {
  return useQuery({
    queryKey: [ROOM, "account", pubId],
    queryFn: () => bodyOf(api.GET("/console/api/service-accounts/{pub_id}", { params: { path: { pub_id: pubId } } })),
  });
}

export function usePorts(query: PortQuery) {
  const read = (wanted: PortQuery) => bodyOf(api.GET("/console/api/channel-numbers", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: [ROOM, "ports", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

export function useBindings(query: BindingQuery) {
  const read = (wanted: BindingQuery) => bodyOf(api.GET("/console/api/channel-numbers/bindings", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: [ROOM, "bindings", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

/** Do something and read everything of this room again, also when it was refused: somebody else may have been first. */
export function useAct() {
  const client = useQueryClient();
  const { mutateAsync } = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: () => Promise.all([[ROOM], ["overview"]].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  return async <T,>(act: () => Promise<T>): Promise<T> => (await mutateAsync(act)) as T;
}

/** Send a picture for its place: the server checks it against what the place demands. */
export function sendPicture(use: PictureUse): Send {
  return async (file, progress, signal) => {
    const kept = await sendFile<Schemas["AccountPictureView"]>({
      url: "/console/api/service-accounts/pictures",
      file,
      fields: { use },
      progress,
      signal,
    });
    return { id: kept.picture_id };
  };
}

export function pictureUrl(tenantId: string, pictureId: string): string {
  return `/console/api/service-accounts/pictures/${tenantId}/${pictureId}`;
}

const pub = (pub_id: string) => ({ params: { path: { pub_id } } });
const part = (part_id: string) => ({ params: { path: { part_id } } });

export const acts = {
  create: (body: NewAccountBody) => bodyOf(api.POST("/console/api/service-accounts", { body })),
  change: (id: string, body: Schemas["ServiceAccountChangeBody"]) =>
    bodyOf(api.PUT("/console/api/service-accounts/{pub_id}", { ...pub(id), body })),
  freeze: (id: string, change_reason: string) =>
    bodyOf(api.POST("/console/api/service-accounts/{pub_id}/freeze", { ...pub(id), body: { change_reason } })),
  unfreeze: (id: string, change_reason: string) =>
    bodyOf(api.POST("/console/api/service-accounts/{pub_id}/unfreeze", { ...pub(id), body: { change_reason } })),
  changeMenu: (id: string, body: MenuBody) => bodyOf(api.PUT("/console/api/service-accounts/menus/{part_id}", { ...part(id), body })),
  changePortal: (id: string, body: PortalBody) => bodyOf(api.PUT("/console/api/service-accounts/portals/{part_id}", { ...part(id), body })),
  urge: ({ kind, part_id: id }: Pick<AccountPart, "kind" | "part_id">) =>
    kind === "menu"
      ? bodyOf(api.POST("/console/api/service-accounts/menus/{part_id}/urge", part(id)))
      : bodyOf(api.POST("/console/api/service-accounts/portals/{part_id}/urge", part(id))),
  createPort: (body: ChannelNumberBody) => bodyOf(api.POST("/console/api/channel-numbers", { body })),
  deletePort: (port_id: string) => bodyOf(api.DELETE("/console/api/channel-numbers/{port_id}", { params: { path: { port_id } } })),
  bind: (body: BindingBody) => bodyOf(api.POST("/console/api/channel-numbers/bindings", { body })),
  unbind: (binding_id: string) =>
    bodyOf(api.DELETE("/console/api/channel-numbers/bindings/{binding_id}", { params: { path: { binding_id } } })),
} as const;
