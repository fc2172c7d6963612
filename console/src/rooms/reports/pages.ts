import type { RoomPage } from "@/kit/roomPage";
import { may, type Session } from "@/rooms/identity/session";

function mayReport(session: Session): boolean {
  return session.tenant !== null && may(session, "kooMessage:devTemplateReport:list");
}

export const pages: readonly RoomPage[] = [
  {
    path: "reports/sends",
    load: async () => (await import("@/rooms/reports/SendReport")).SendReport,
    may: mayReport,
    menu: { group: "reports", order: 10, text: "reports.sends.menu" },
  },
  {
    path: "reports/templates",
    load: async () => (await import("@/rooms/reports/CardReport")).CardReport,
    may: mayReport,
    menu: { group: "reports", order: 20, text: "reports.cards.menu" },
  },
  {
    path: "reports/videos",
    load: async () => (await import("@/rooms/reports/VideoReport")).VideoReport,
    may: mayReport,
    menu: { group: "reports", order: 25, text: "reports.videos.menu" },
  },
  {
    path: "reports/service-accounts",
    load: async () => (await import("@/rooms/reports/AccountReport")).AccountReport,
    may: mayReport,
    menu: { group: "reports", order: 27, text: "reports.taps.title" },
  },
  {
    path: "reports/downloads",
    load: async () => (await import("@/rooms/reports/DownloadCentre")).DownloadCentre,
    may: mayReport,
    menu: { group: "reports", order: 30, text: "reports.downloads.menu" },
  },
];
