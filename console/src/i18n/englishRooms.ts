/** English texts of the rooms behind sign-in, a part for each under its name; fetched with the frame around their pages. */
import callbacks from "@/rooms/callbacks/i18n/en.json";
import campaigns from "@/rooms/campaigns/i18n/en.json";
import carriers from "@/rooms/carriers/i18n/en.json";
import enterprises from "@/rooms/enterprises/i18n/en.json";
import overview from "@/rooms/overview/i18n/en.json";
import receipts from "@/rooms/receipts/i18n/en.json";
import reports from "@/rooms/reports/i18n/en.json";
import reviews from "@/rooms/reviews/i18n/en.json";
import service_accounts from "@/rooms/service_accounts/i18n/en.json";
import short_links from "@/rooms/short_links/i18n/en.json";
import smart from "@/rooms/smart/i18n/en.json";
import sms from "@/rooms/sms/i18n/en.json";
import video_sms from "@/rooms/video_sms/i18n/en.json";

export const rooms = {
  callbacks,
  campaigns,
  carriers,
  enterprises,
  overview,
  receipts,
  reports,
  reviews,
  service_accounts,
  short_links,
  smart,
  sms,
  video_sms,
};
