import { Card, Empty } from "antd";
import { useTranslation } from "react-i18next";

import { Figures } from "@/kit/Figures";
import { formatCount, formatShare } from "@/kit/format";
import { RateChart, SendChart } from "@/rooms/overview/Charts";
import { type Day, weekOf } from "@/rooms/overview/queries";

/** The last seven days: messages, delivery rate, card rate. */
export function WeekCard({ days }: { days: readonly Day[] }) {
  const { t } = useTranslation();
  const week = weekOf(days);
  return (
    <Card title={t("overview.week")} extra={<span className="faint">{t("overview.weekNote")}</span>} data-week>
      <Figures
        figures={[
          { key: "sent", label: t("overview.weekSent"), value: formatCount(week.sent) },
          {
            key: "delivered",
            label: t("overview.weekDelivered"),
            help: t("overview.weekDeliveredNote"),
            value: formatShare(week.delivered, week.ended),
            aside: formatCount(week.delivered),
          },
          {
            key: "cards",
            label: t("overview.weekCards"),
            help: t("overview.weekCardsNote"),
            value: formatShare(Math.min(week.cards, week.cardsSent), week.cardsSent),
            aside: formatCount(week.cards),
          },
        ]}
      />
      {week.sent === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("overview.weekNone")} />
      ) : (
        <div className="charts">
          <SendChart days={days} />
          <RateChart days={days} />
        </div>
      )}
    </Card>
  );
}
