/** A page of a room: where it is, who sees it, and where the menu holds it. */
import type { ParseKeys } from "i18next";
import type { ComponentType } from "react";

import type { Session } from "@/rooms/identity/session";

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

export interface RoomPage {
  /** Without a leading slash; `:name` for parts that vary. */
  path: string;
  load: () => Promise<ComponentType>;
  /** Who sees it; the back end decides, the menu only hides what it would refuse. */
  may: (session: Session) => boolean;
  /** Its entry in the menu; pages without one are reached from others. */
  menu?: { group: MenuGroup | null; order: number; text: ParseKeys };
}
