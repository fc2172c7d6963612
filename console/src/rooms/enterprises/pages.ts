import type { RoomPage } from "@/kit/roomPage";
import { may } from "@/rooms/identity/session";

export const pages: readonly RoomPage[] = [
  {
    path: "filings",
    load: async () => (await import("@/rooms/enterprises/Filings")).Filings,
    may: (session) => session.tenant !== null && may(session, "hongyan:filing:list"),
    menu: { group: "enterprise", order: 10, text: "enterprises.menu" },
  },
  {
    path: "filings/:scene",
    load: async () => (await import("@/rooms/enterprises/FilingPage")).FilingPage,
    may: (session) => session.tenant !== null && may(session, "hongyan:filing:list"),
  },
];
