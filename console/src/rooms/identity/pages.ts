import type { RoomPage } from "@/kit/roomPage";
import { may } from "@/rooms/identity/session";

export const pages: readonly RoomPage[] = [
  {
    path: "users",
    load: async () => (await import("@/rooms/identity/People")).People,
    may: (session) => may(session, "hongyan:user:list"),
    menu: { group: "account", order: 10, text: "identity.menu.users" },
  },
  {
    path: "access-keys",
    load: async () => (await import("@/rooms/identity/AccessKeys")).AccessKeys,
    may: (session) => session.tenant !== null && may(session, "hongyan:accessKey:own"),
    menu: { group: "account", order: 20, text: "identity.menu.keys" },
  },
  {
    path: "audit",
    load: async () => (await import("@/rooms/identity/AuditLog")).AuditLog,
    may: (session) => may(session, "hongyan:audit:list"),
    menu: { group: "account", order: 30, text: "identity.menu.audit" },
  },
  {
    path: "settings",
    load: async () => (await import("@/rooms/identity/Settings")).Settings,
    may: () => true,
    menu: { group: "account", order: 40, text: "identity.menu.settings" },
  },
];
