import type { RoomPage } from "@/kit/roomPage";
import { may, type Session } from "@/rooms/identity/session";

const mayLook = (session: Session) => session.tenant !== null && may(session, "kooMessage:devCallback:list");

export const pages: readonly RoomPage[] = [
  {
    path: "callbacks",
    load: async () => (await import("@/rooms/callbacks/Callbacks")).Callbacks,
    may: mayLook,
    // Addresses of the basic edition and of SMS apps stand here too.
    needs: null,
    menu: { group: "aimConfig", order: 40, text: "callbacks.menu" },
  },
  {
    path: "callbacks/:addressId",
    load: async () => (await import("@/rooms/callbacks/CallbackDetails")).CallbackDetails,
    may: mayLook,
    needs: null,
  },
];
