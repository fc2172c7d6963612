import type { RoomPage } from "@/kit/roomPage";
import { may, type Session } from "@/rooms/identity/session";

const mayLook = (session: Session) => session.tenant !== null && may(session, "kooMessage:aimSaPub:list");

export const pages: readonly RoomPage[] = [
  {
    path: "service-accounts",
    load: async () => (await import("@/rooms/service_accounts/AccountList")).AccountList,
    may: mayLook,
    menu: { group: "serviceAccounts", order: 10, text: "service_accounts.account.menu" },
  },
  {
    path: "service-accounts/new",
    load: async () => (await import("@/rooms/service_accounts/AccountWizard")).AccountWizard,
    may: (session) => may(session, "kooMessage:aimSaPub:create"),
    needs: "service_accounts",
  },
  {
    path: "service-accounts/:pubId",
    load: async () => (await import("@/rooms/service_accounts/AccountDetails")).AccountDetails,
    may: mayLook,
    needs: "service_accounts",
  },
  {
    path: "service-accounts/:pubId/edit",
    load: async () => (await import("@/rooms/service_accounts/ChangeForms")).ChangeAccount,
    may: (session) => may(session, "kooMessage:aimSaPub:create"),
    needs: "service_accounts",
  },
  {
    path: "service-accounts/:pubId/menu",
    load: async () => (await import("@/rooms/service_accounts/ChangeForms")).ChangeMenu,
    may: (session) => may(session, "kooMessage:aimSaMenu:create"),
    needs: "service_accounts",
  },
  {
    path: "service-accounts/:pubId/portal",
    load: async () => (await import("@/rooms/service_accounts/ChangeForms")).ChangePortal,
    may: (session) => may(session, "kooMessage:aimSaPortal:create"),
    needs: "service_accounts",
  },
  {
    path: "channel-numbers",
    load: async () => (await import("@/rooms/service_accounts/PortPage")).PortPage,
    may: (session) => session.tenant !== null && may(session, "kooMessage:aimSaPort:list"),
    menu: { group: "serviceAccounts", order: 20, text: "service_accounts.port.menu" },
  },
  {
    path: "shortcuts",
    load: async () => (await import("@/rooms/service_accounts/ShortcutList")).ShortcutList,
    may: mayLook,
    menu: { group: "serviceAccounts", order: 30, text: "service_accounts.shortcut.menu" },
  },
  {
    path: "shortcuts/new",
    load: async () => (await import("@/rooms/service_accounts/ShortcutForm")).NewShortcut,
    may: (session) => may(session, "kooMessage:aimSaPub:create"),
    needs: "service_accounts",
  },
  {
    path: "shortcuts/:shortcutId/edit",
    load: async () => (await import("@/rooms/service_accounts/ShortcutForm")).ChangeShortcut,
    may: (session) => may(session, "kooMessage:aimSaPub:create"),
    needs: "service_accounts",
  },
];
