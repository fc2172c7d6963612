import type { RoomPage } from "@/kit/roomPage";

export const pages: readonly RoomPage[] = [
  {
    path: "overview",
    load: async () => (await import("@/rooms/overview/Overview")).Overview,
    may: () => true,
    menu: { group: null, order: 0, text: "menu.overview" },
  },
  {
    path: "services",
    load: async () => (await import("@/rooms/overview/Services")).Services,
    may: (session) => session.tenant !== null,
    menu: { group: "account", order: 10, text: "overview.services.menu" },
  },
];
