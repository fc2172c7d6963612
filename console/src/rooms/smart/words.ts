/** What states of card templates mean to their owners, and the layouts by their names. */
import { useTranslation } from "react-i18next";

import type { components } from "@/client/schema";
import type { Tone } from "@/kit/StateTag";
import type { Vendor } from "@/rooms/smart/queries";

export type AuditState = components["schemas"]["CardTemplateView"]["audit_state"];
export type Verdict = components["schemas"]["CardVerdictView"]["verdict"];

export const AUDIT_TONES: Record<AuditState, Tone> = { draft: "left", in_review: "busy", passed: "good", failed: "bad" };
export const AUDIT_STATES = Object.keys(AUDIT_TONES) as AuditState[];
export const VERDICT_TONES: Record<Verdict, Tone> = { enabled: "good", waiting: "busy", rejected: "bad", disabled: "unclear", failed: "bad" };
export const VENDORS: readonly Vendor[] = ["HUAWEI", "XIAOMI", "OPPO", "VIVO", "MEIZU", "SAMSUNG"];

const LAYOUTS = [
  "StandardImageAndText",
  "MultipleImageAndText",
  "PureText",
  "RedPacket",
  "RedPacketPersonal",
  "Notification1",
  "Notification2",
  "Carousel",
  "CarouselTitle",
  "CarouselSquareImage",
  "CarouselImageSixteenToNine",
  "CarouselVerticalImage",
  "CardVoucher",
  "CardVouchers",
  "ECImageAndText",
  "Ecommerce",
  "EcommerceCouponVertical",
  "EcommerceCouponHorizontal",
  "Trip1",
  "Trip2",
  "Trip3",
  "PlaneTrip",
  "SimplePoster",
  "Video",
  "VideoImageAndText",
  "ImageTextAndVideo",
  "ShortVideo",
  "ShortVideoImage",
  "NativePureText",
  "NativeImageAndText",
] as const;

/** The name of a layout; one that is not known by name keeps its id. */
export function useLayoutName(): (cardId: string) => string {
  const { t } = useTranslation();
  return (cardId) => {
    const known = LAYOUTS.find((one) => one === cardId);
    return known === undefined ? cardId : t(`smart.layout.${known}`);
  };
}
