import type { RoomPage } from "@/kit/roomPage";

export const pages: readonly RoomPage[] = [
  {
    path: "overview",
    load: async () => (await import("@/rooms/overview/Overview")).Overview,
    may: () => true,
    menu: { group: null, order: 0, text: "menu.overview" },
  },
];
