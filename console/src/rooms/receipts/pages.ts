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
];
