import { useTranslation } from "react-i18next";

import type { DataColumn } from "@/kit/DataTable";
import { formatCount, formatShare } from "@/kit/format";
import type { CardCounts } from "@/rooms/reports/queries";

export const COUNTS = ["resolved", "exposed_people", "exposed_times", "clicked_people", "clicked_times"] as const;

/** Columns of the counts and rates that every table of this report has; the back end sorts its pages by the counts. */
export function useCountColumns<T extends CardCounts>(): DataColumn<T>[] {
  const { t } = useTranslation();
  return [
    ...COUNTS.map(
      (key): DataColumn<T> => ({
        key,
        title: t(`reports.cards.${key}`),
        width: 112,
        align: "right",
        sort: key,
        render: (row) => formatCount(row[key]),
      }),
    ),
    {
      key: "exposure-rate",
      title: t("reports.cards.exposureRate"),
      width: 92,
      align: "right",
      render: (row) => <span title={t("reports.cards.exposureRateHelp")}>{formatShare(row.exposed_people, row.resolved)}</span>,
    },
    {
      key: "click-rate",
      title: t("reports.cards.clickRate"),
      width: 92,
      align: "right",
      render: (row) => <span title={t("reports.cards.clickRateHelp")}>{formatShare(row.clicked_people, row.exposed_people)}</span>,
    },
  ];
}
