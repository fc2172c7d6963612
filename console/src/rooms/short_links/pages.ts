import type { RoomPage } from "@/kit/roomPage";
import { may, mayMakeLinks, type Session } from "@/rooms/identity/session";

const mayList = (session: Session) => session.tenant !== null && may(session, "kooMessage:devResolveTask:list");

export const pages: readonly RoomPage[] = [
  {
    path: "resolve-tasks",
    load: async () => (await import("@/rooms/short_links/ResolveTasks")).ResolveTasks,
    may: mayList,
    menu: { group: "aimTasks", order: 10, text: "short_links.task.menu" },
  },
  {
    path: "resolve-tasks/new",
    load: async () => (await import("@/rooms/short_links/LinkForm")).LinkForm,
    may: mayMakeLinks,
    needs: "smart",
  },
  {
    path: "resolve-tasks/:taskId",
    load: async () => (await import("@/rooms/short_links/ResolveTaskDetails")).ResolveTaskDetails,
    may: mayList,
    needs: "smart",
  },
  {
    path: "resolve-details",
    load: async () => (await import("@/rooms/short_links/ResolveDetails")).ResolveDetails,
    may: mayList,
    menu: { group: "aimTasks", order: 15, text: "short_links.detail.menu" },
  },
  {
    path: "link-domains",
    load: async () => (await import("@/rooms/short_links/LinkDomains")).LinkDomains,
    may: (session) => session.tenant !== null && may(session, "hongyan:linkDomain:list"),
    menu: { group: "aimConfig", order: 20, text: "short_links.domain.menu" },
  },
  {
    path: "jump-links",
    load: async () => (await import("@/rooms/short_links/JumpLinks")).JumpLinks,
    may: (session) => session.tenant !== null && may(session, "hongyan:linkDomain:list"),
    menu: { group: "aimConfig", order: 30, text: "short_links.jump.menu" },
  },
  {
    path: "public-domains",
    load: async () => (await import("@/rooms/short_links/PublicDomains")).PublicDomains,
    may: (session) => session.tenant === null && may(session, "hongyan:platformTemplate:edit"),
    menu: { group: "platform", order: 46, text: "short_links.platform.menu" },
  },
];
