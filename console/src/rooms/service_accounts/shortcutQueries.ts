/** Reading and acting on shortcut keys. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components, paths } from "@/client/schema";
import { withPages } from "@/kit/listResult";

type Schemas = components["schemas"];
export type Shortcut = Schemas["ShortcutView"];
export type ShortcutSheet = Schemas["ShortcutDetail"];
export type ShortcutBody = Schemas["ShortcutBody"];
type ShortcutQuery = NonNullable<paths["/console/api/shortcuts"]["get"]["parameters"]["query"]>;

/** The review desk decides while people look. */
const LIST_MS = 10_000;
/** Everything of the room is read again when something of it was done. */
const ROOM = "service-accounts";

export function useShortcuts(query: ShortcutQuery) {
  const read = (wanted: ShortcutQuery) => bodyOf(api.GET("/console/api/shortcuts", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: [ROOM, "shortcuts", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: LIST_MS,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

const one = (shortcut_id: string) => ({ params: { path: { shortcut_id } } });

export function useShortcut(shortcutId: string | null) {
  return useQuery({
    queryKey: [ROOM, "shortcut", shortcutId],
    queryFn: () => bodyOf(api.GET("/console/api/shortcuts/{shortcut_id}", one(shortcutId ?? ""))),
    enabled: shortcutId !== null,
  });
}

export const shortcutActs = {
  create: (body: ShortcutBody) => bodyOf(api.POST("/console/api/shortcuts", { body })),
  change: (id: string, body: Schemas["ShortcutChangeBody"]) => bodyOf(api.PUT("/console/api/shortcuts/{shortcut_id}", { ...one(id), body })),
  freeze: (id: string, change_reason: string) =>
    bodyOf(api.POST("/console/api/shortcuts/{shortcut_id}/freeze", { ...one(id), body: { change_reason } })),
  unfreeze: (id: string, change_reason: string) =>
    bodyOf(api.POST("/console/api/shortcuts/{shortcut_id}/unfreeze", { ...one(id), body: { change_reason } })),
  urge: (id: string) => bodyOf(api.POST("/console/api/shortcuts/{shortcut_id}/urge", one(id))),
} as const;
