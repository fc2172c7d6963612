import type { RoomPage } from "@/kit/roomPage";
import { may, type Session } from "@/rooms/identity/session";

const maySeeLine = (session: Session) => may(session, "hongyan:channel:list");

export const pages: readonly RoomPage[] = [
  {
    path: "tenants",
    load: async () => (await import("@/rooms/carriers/tenants/TenantList")).TenantList,
    may: (session) => session.tenant === null && may(session, "hongyan:tenant:list"),
    menu: { group: "platform", order: 20, text: "carriers.tenantsMenu" },
  },
  {
    path: "channels",
    load: async () => (await import("@/rooms/carriers/ChannelList")).ChannelList,
    may: maySeeLine,
    menu: { group: "platform", order: 30, text: "carriers.menu" },
  },
  {
    path: "signature-numbers",
    load: async () => (await import("@/rooms/carriers/SignatureNumbers")).SignatureNumbers,
    may: maySeeLine,
    menu: { group: "platform", order: 40, text: "carriers.numbersMenu" },
  },
  {
    path: "alarms",
    load: async () => (await import("@/rooms/carriers/AlarmList")).AlarmList,
    may: maySeeLine,
    menu: { group: "platform", order: 50, text: "carriers.alarmsMenu" },
  },
  {
    path: "system",
    load: async () => (await import("@/rooms/carriers/SystemStatus")).SystemStatus,
    may: maySeeLine,
    menu: { group: "platform", order: 80, text: "carriers.systemMenu" },
  },
];
