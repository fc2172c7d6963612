import { useTranslation } from "react-i18next";

import type { components } from "@/client/schema";
import { StateTag } from "@/kit/StateTag";

const CARRIERS = ["cmcc", "cucc", "ctcc"] as const;
const USABLE = 0;

/** Whether each carrier's network can be reached with a template. */
export function CarrierTags({ carriers }: { carriers: readonly components["schemas"]["CarrierStatus"][] }) {
  const { t } = useTranslation();
  return CARRIERS.map((carrier) => {
    const status = carriers.find((one) => one.carrier === carrier);
    const isUsable = status?.status === USABLE;
    return (
      <StateTag
        key={carrier}
        state={isUsable ? "usable" : "none"}
        tone={isUsable ? "good" : "left"}
        text={`${t(`video_sms.carrier.${carrier}`)} ${t(isUsable ? "video_sms.carrier.usable" : "video_sms.carrier.none")}`}
        reason={isUsable ? "" : status?.desc}
      />
    );
  });
}
