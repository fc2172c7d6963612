import { Alert, Select, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { PhonePreview } from "@/kit/PhonePreview";
import { cardFrameUrl, type CardVendor, type Vendor } from "@/rooms/smart/queries";
import { VENDORS } from "@/rooms/smart/words";

const CARD_PX = 480;

interface CardPhoneProps {
  tplId: string;
  /** Vendors that the template was made for. */
  vendors: readonly CardVendor[];
  /** Where a frame gets the card of a template. */
  frameUrl?: (tplId: string, vendor: Vendor) => string;
}

/** 效果预览: a card with its examples, as phones of a chosen vendor draw it. */
export function CardPhone({ tplId, vendors, frameUrl = cardFrameUrl }: CardPhoneProps) {
  const { t } = useTranslation();
  const offered = VENDORS.filter((one) => vendors.some(({ vendor }) => vendor === one));
  const drawing = offered.filter((one) => vendors.some(({ vendor, verdict }) => vendor === one && verdict === "enabled"));
  const [wanted, setWanted] = useState<Vendor | undefined>(undefined);
  const shown = wanted !== undefined && offered.includes(wanted) ? wanted : (drawing[0] ?? offered[0] ?? "HUAWEI");
  return (
    <Space orientation="vertical" align="center" style={{ width: "100%" }} data-card-phone={tplId}>
      <Select<Vendor>
        value={shown}
        aria-label={t("smart.phone.kind")}
        style={{ width: 220 }}
        options={(offered.length === 0 ? VENDORS : offered).map((vendor) => ({
          value: vendor,
          label: t("smart.phone.of", { vendor: t(`campaigns.vendor.${vendor}`) }),
        }))}
        onChange={setWanted}
      />
      <PhonePreview
        card={
          <iframe
            key={`${tplId}/${shown}`}
            src={frameUrl(tplId, shown)}
            sandbox=""
            title={t("smart.phone.frame")}
            style={{ display: "block", width: "100%", height: CARD_PX, border: 0 }}
          />
        }
        text={t("smart.phone.text")}
      />
      {!drawing.includes(shown) && <Alert type="info" showIcon title={t("smart.phone.notYet")} />}
      <small className="faint">{t("smart.phone.examples")}</small>
    </Space>
  );
}
