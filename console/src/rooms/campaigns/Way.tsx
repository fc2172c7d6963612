import { Descriptions } from "antd";
import { useTranslation } from "react-i18next";

import type { Life } from "@/rooms/campaigns/queries";

interface WayProps {
  way: NonNullable<Life["way"]>;
  /** What a channel is called, for who may know; else it is numbered. */
  nameOf?: (accountId: number) => string;
}

/** Why a message went over its channel: whose number it is, and what routing says of the channel. */
export function Way({ way, nameOf = String }: WayProps) {
  const { t, i18n } = useTranslation();
  const { account_id: account, segment_carrier: segment, ported_carrier: ported, share_percent: share, is_chosen: isChosen, why } = way;
  const carrierOf = (carrier: typeof segment) => (carrier === null || carrier === "any" ? t("campaigns.way.noCarrier") : t(`campaigns.carrier.${carrier}`));
  const owner = ported === null ? carrierOf(segment) : t("campaigns.way.ported", { from: carrierOf(segment), to: carrierOf(ported) });
  const reason = why === null ? t("campaigns.way.gone") : i18n.language.startsWith("zh") ? why.zh : why.en;
  const rows = [
    { key: "carrier", label: t("campaigns.way.owner"), children: owner },
    { key: "channel", label: t("campaigns.way.channel"), children: account === null ? "–" : nameOf(account) },
    {
      key: "why",
      label: t("campaigns.way.why"),
      children: (
        <span data-way={isChosen ? "chosen" : "other"}>
          {reason}
          {isChosen && share < 100 && ` ${t("campaigns.way.share", { share })}`}
          {!isChosen && why !== null && <div className="faint">{t("campaigns.way.now")}</div>}
        </span>
      ),
    },
  ];
  return <Descriptions size="small" column={1} items={rows} style={{ marginBottom: 16 }} />;
}
