import type { RoomPage } from "@/kit/roomPage";
import type { Session } from "@/rooms/identity/session";

/** Who makes pages, and who looks at a demo, sees of what they are composed. */
function mayLook(session: Session): boolean {
  return session.demo || session.tenant === null;
}

export const pages: readonly RoomPage[] = [
  {
    path: "styleguide",
    load: async () => (await import("@/kit/styleguide/Styleguide")).Styleguide,
    may: mayLook,
  },
  {
    path: "styleguide/wizard",
    load: async () => (await import("@/kit/styleguide/WizardSample")).WizardSample,
    may: mayLook,
  },
];
