import { Space } from "antd";
import { useTranslation } from "react-i18next";

import { StateTag, type Tone } from "@/kit/StateTag";
import { VENDORS, VERDICT_TONES } from "@/rooms/smart/words";
import type { components } from "@/client/schema";

type Said = Pick<components["schemas"]["DomainAtVendorView"], "vendor" | "verdict" | "reason"> & { is_connected?: boolean };

const TONES: Record<Said["verdict"], Tone> = { ...VERDICT_TONES, absent: "waiting" };

/** What each connected handset vendor made of something of the platform's, then those that take no part. */
export function PublicVendorTags({ vendors }: { vendors: readonly Said[] }) {
  const { t } = useTranslation();
  const sorted = VENDORS.flatMap((name) => vendors.filter(({ vendor }) => vendor === name));
  const connected = sorted.filter(({ is_connected: isConnected = true }) => isConnected);
  const away = sorted.filter((one) => !connected.includes(one)).map(({ vendor }) => t(`campaigns.vendor.${vendor}`));
  return (
    <Space size={[4, 4]} wrap>
      {connected.map(({ vendor, verdict, reason }) => (
        <StateTag
          key={vendor}
          state={`${vendor}:${verdict}`}
          tone={TONES[verdict]}
          text={
            verdict === "enabled"
              ? t("smart.vendorEnabled", { vendor: t(`campaigns.vendor.${vendor}`) })
              : t("smart.vendorVerdict", {
                  vendor: t(`campaigns.vendor.${vendor}`),
                  verdict: t(verdict === "absent" ? "smart.platform.absent" : `smart.verdict.${verdict}`),
                })
          }
          reason={reason}
        />
      ))}
      {connected.length === 0 && <span className="faint">{t("smart.platform.nobody")}</span>}
      {away.length > 0 && <small className="faint">{t("smart.platform.away", { vendors: away.join(" / ") })}</small>}
    </Space>
  );
}
