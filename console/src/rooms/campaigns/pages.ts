import type { RoomPage } from "@/kit/roomPage";
import { may, mayList } from "@/rooms/identity/session";

export const pages: readonly RoomPage[] = [
  {
    path: "send-tasks",
    load: async () => (await import("@/rooms/campaigns/SendTaskList")).SendTaskList,
    may: mayList,
    menu: { group: "aimTasks", order: 30, text: "menu.sendTasks" },
  },
  {
    path: "send-tasks/new",
    load: async () => (await import("@/rooms/campaigns/send/SendForm")).SendForm,
    may: (session) => session.tenant !== null && may(session, "hongyan:numberFile:create"),
    needs: "smart",
  },
  {
    path: "send-tasks/:taskId",
    load: async () => (await import("@/rooms/campaigns/SendTaskDetails")).SendTaskDetails,
    may: mayList,
  },
  {
    path: "send-details",
    load: async () => (await import("@/rooms/campaigns/details/SendDetails")).SendDetails,
    may: mayList,
    menu: { group: "aimTasks", order: 40, text: "campaigns.details.menu" },
  },
];
