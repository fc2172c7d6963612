/** All English texts, with the keys of the Chinese ones. */
import common from "@/i18n/en.json";
import kit from "@/kit/i18n/en.json";
import callbacks from "@/rooms/callbacks/i18n/en.json";
import campaigns from "@/rooms/campaigns/i18n/en.json";
import carriers from "@/rooms/carriers/i18n/en.json";
import enterprises from "@/rooms/enterprises/i18n/en.json";
import identity from "@/rooms/identity/i18n/en.json";
import overview from "@/rooms/overview/i18n/en.json";
import receipts from "@/rooms/receipts/i18n/en.json";
import reports from "@/rooms/reports/i18n/en.json";
import reviews from "@/rooms/reviews/i18n/en.json";
import service_accounts from "@/rooms/service_accounts/i18n/en.json";
import short_links from "@/rooms/short_links/i18n/en.json";
import smart from "@/rooms/smart/i18n/en.json";
import sms from "@/rooms/sms/i18n/en.json";
import video_sms from "@/rooms/video_sms/i18n/en.json";

export const catalogue = {
  ...common,
  kit,
  callbacks,
  campaigns,
  carriers,
  enterprises,
  identity,
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
