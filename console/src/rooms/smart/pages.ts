import type { RoomPage } from "@/kit/roomPage";
import { may } from "@/rooms/identity/session";

export const pages: readonly RoomPage[] = [
  {
    path: "card-templates",
    load: async () => (await import("@/rooms/smart/CardTemplates")).CardTemplates,
    may: (session) => session.tenant !== null && may(session, "kooMessage:devTemplate:list"),
    menu: { group: "aimConfig", order: 10, text: "smart.menu" },
  },
  {
    path: "public-templates",
    load: async () => (await import("@/rooms/smart/PublicTemplates")).PublicTemplates,
    may: (session) => session.tenant === null && may(session, "hongyan:platformTemplate:edit"),
    menu: { group: "platform", order: 44, text: "smart.platform.menu" },
  },
];
