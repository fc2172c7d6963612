import type { RoomPage } from "@/kit/roomPage";
import { may } from "@/rooms/identity/session";

export const pages: readonly RoomPage[] = [
  {
    path: "unknown-messages",
    load: async () => (await import("@/rooms/receipts/UnknownList")).UnknownList,
    may: (session) => may(session, "hongyan:channel:list"),
    menu: { group: "platform", order: 60, text: "receipts.unknownMenu" },
  },
  {
    path: "paces",
    load: async () => (await import("@/rooms/receipts/PaceList")).PaceList,
    may: (session) => may(session, "hongyan:channel:list"),
    menu: { group: "platform", order: 70, text: "receipts.paceMenu" },
  },
  {
    path: "messages",
    load: async () => (await import("@/rooms/receipts/MessagePage")).MessagePage,
    may: (session) => session.tenant === null && may(session, "hongyan:channel:list"),
    menu: { group: "platform", order: 65, text: "receipts.message.menu" },
  },
  {
    path: "messages/:messageId",
    load: async () => (await import("@/rooms/receipts/MessagePage")).MessagePage,
    may: (session) => session.tenant === null && may(session, "hongyan:channel:list"),
  },
];
