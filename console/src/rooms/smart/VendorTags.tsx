import { Space } from "antd";
import { useTranslation } from "react-i18next";

import { StateTag } from "@/kit/StateTag";
import type { CardVendor } from "@/rooms/smart/queries";
import { VENDORS, VERDICT_TONES } from "@/rooms/smart/words";

/** What each handset vendor made of a template. */
export function VendorTags({ vendors }: { vendors: readonly CardVendor[] }) {
  const { t } = useTranslation();
  const sorted = VENDORS.flatMap((name) => vendors.filter(({ vendor }) => vendor === name));
  if (sorted.length === 0) {
    return <span className="faint">{t("smart.noVendor")}</span>;
  }
  return (
    <Space size={[4, 4]} wrap>
      {sorted.map(({ vendor, verdict, reason }) => (
        <StateTag
          key={vendor}
          state={`${vendor}:${verdict}`}
          tone={VERDICT_TONES[verdict]}
          text={t(verdict === "enabled" ? "smart.vendorEnabled" : "smart.vendorVerdict", { vendor: t(`campaigns.vendor.${vendor}`), verdict: t(`smart.verdict.${verdict}`) })}
          reason={reason}
        />
      ))}
    </Space>
  );
}
