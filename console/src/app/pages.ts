/** All pages behind sign-in: the sum of what the rooms have. */
import { pages as kit } from "@/kit/pages";
import type { RoomPage } from "@/kit/roomPage";
import { pages as callbacks } from "@/rooms/callbacks/pages";
import { pages as campaigns } from "@/rooms/campaigns/pages";
import { pages as carriers } from "@/rooms/carriers/pages";
import { pages as enterprises } from "@/rooms/enterprises/pages";
import { pages as identity } from "@/rooms/identity/pages";
import { pages as receipts } from "@/rooms/receipts/pages";
import { pages as reports } from "@/rooms/reports/pages";
import { pages as reviews } from "@/rooms/reviews/pages";
import { pages as overview } from "@/rooms/overview/pages";
import { pages as service_accounts } from "@/rooms/service_accounts/pages";
import { pages as short_links } from "@/rooms/short_links/pages";
import { pages as smart } from "@/rooms/smart/pages";
import { pages as sms } from "@/rooms/sms/pages";
import { pages as video_sms } from "@/rooms/video_sms/pages";

export const pages: readonly RoomPage[] = [
  ...callbacks,
  ...campaigns,
  ...carriers,
  ...enterprises,
  ...identity,
  ...receipts,
  ...reports,
  ...reviews,
  ...overview,
  ...service_accounts,
  ...short_links,
  ...smart,
  ...sms,
  ...video_sms,
  ...kit,
];
