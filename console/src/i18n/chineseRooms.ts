/** Chinese texts of the rooms behind sign-in, a part for each under its name; fetched with the frame around their pages. */
import callbacks from "@/rooms/callbacks/i18n/zh-CN.json";
import campaigns from "@/rooms/campaigns/i18n/zh-CN.json";
import carriers from "@/rooms/carriers/i18n/zh-CN.json";
import enterprises from "@/rooms/enterprises/i18n/zh-CN.json";
import overview from "@/rooms/overview/i18n/zh-CN.json";
import receipts from "@/rooms/receipts/i18n/zh-CN.json";
import reports from "@/rooms/reports/i18n/zh-CN.json";
import reviews from "@/rooms/reviews/i18n/zh-CN.json";
import service_accounts from "@/rooms/service_accounts/i18n/zh-CN.json";
import short_links from "@/rooms/short_links/i18n/zh-CN.json";
import smart from "@/rooms/smart/i18n/zh-CN.json";
import sms from "@/rooms/sms/i18n/zh-CN.json";
import video_sms from "@/rooms/video_sms/i18n/zh-CN.json";

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
