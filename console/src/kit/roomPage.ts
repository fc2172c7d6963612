/** A page of a room: where it is, who sees it, and where the menu holds it. */
import type { ParseKeys } from "i18next";
import type { ComponentType } from "react";

import type { components } from "@/client/schema";
import type { Session } from "@/rooms/identity/session";

export type Service = components["schemas"]["Service"];

/** Groups of the menu in the order of the vendor's console; `null` stands for the top level. */
export const MENU_GROUPS = [
  "enterprise",
  "aimTasks",
  "aimConfig",
  "smsConfig",
  "serviceAccounts",
  "videoSms",
  "reports",
  "account",
  "platform",
] as const;
export type MenuGroup = (typeof MENU_GROUPS)[number];

const SERVICES: Partial<Record<MenuGroup, Service>> = {
  aimTasks: "smart",
  aimConfig: "smart",
  smsConfig: "sms",
  serviceAccounts: "service_accounts",
  videoSms: "basic",
};

/** The service without which a page is of no use. */
export function serviceOf({ needs, menu }: Pick<RoomPage, "needs" | "menu">): Service | null {
  return needs === undefined ? ((menu?.group != null ? SERVICES[menu.group] : undefined) ?? null) : needs;
}

export interface RoomPage {
  /** Without a leading slash; `:name` for parts that vary. */
  path: string;
  load: () => Promise<ComponentType>;
  /** Who sees it; the back end decides, the menu only hides what it would refuse. */
  may: (session: Session) => boolean;
  /** The service that must be open; pages of a menu group that belongs to a service need it by themselves. `null`: none. */
  needs?: Service | null;
  /** Its entry in the menu; pages without one are reached from others. */
  menu?: { group: MenuGroup | null; order: number; text: ParseKeys };
}
