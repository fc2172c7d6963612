import { useTranslation } from "react-i18next";

import { COLOURS } from "@/kit/theme";
import { placesOf, valuesOf } from "@/rooms/reports/days";
import type { CardDay } from "@/rooms/reports/queries";
import { Trend } from "@/rooms/reports/Trend";

const LINES = [
  ["resolved", COLOURS.accent],
  ["exposed_people", COLOURS.good],
  ["clicked_people", COLOURS.unclear],
] as const;
const MONTH_CHARS = 7;

interface CardTrendProps {
  days: readonly CardDay[];
  first: string;
  last: string;
  by?: "day" | "month";
}

/** What handsets did with cards, by day or month. */
export function CardTrend({ days, first, last, by = "day" }: CardTrendProps) {
  const { t } = useTranslation();
  const places = placesOf(first, last, by);
  const placeOf = ({ day }: CardDay) => (by === "month" ? day.slice(0, MONTH_CHARS) : day);
  return (
    <Trend
      title={t(by === "month" ? "reports.sends.chartMonth" : "reports.cards.chart")}
      places={places}
      lines={LINES.map(([key, colour]) => ({
        key,
        colour,
        text: t(`reports.cards.${key}`),
        values: valuesOf(places, days, placeOf, (day) => day[key]),
      }))}
    />
  );
}
