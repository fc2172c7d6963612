import { useTranslation } from "react-i18next";

import { formatCount, formatShare } from "@/kit/format";
import { COLOURS } from "@/kit/theme";
import { BASE, barWidth, HEIGHT, heightOf, LEFT, piecesOf, placeOf, roundUp, shareOf, WIDTH } from "@/rooms/overview/chart";
import type { Day } from "@/rooms/overview/queries";

const HALVES = [0, 0.5, 1] as const;
const DAY_AT = 5;

function Axis({ top, textOf, days }: { top: number; textOf: (value: number) => string; days: readonly Day[] }) {
  return (
    <g fontSize={11} fill={COLOURS.faint} aria-hidden>
      {HALVES.map((part) => {
        const y = BASE - heightOf(top * part, top);
        return (
          <g key={part}>
            <line x1={LEFT} x2={WIDTH} y1={y} y2={y} stroke={COLOURS.line} />
            <text x={LEFT - 6} y={y + 4} textAnchor="end">
              {textOf(top * part)}
            </text>
          </g>
        );
      })}
      {days.map(({ day }, index) => (
        <text key={day} x={placeOf(index, days.length)} y={HEIGHT - 6} textAnchor="middle">
          {day.slice(DAY_AT)}
        </text>
      ))}
    </g>
  );
}

function Legend({ entries }: { entries: readonly { text: string; colour: string }[] }) {
  return (
    <div className="chart-legend" aria-hidden>
      {entries.map(({ text, colour }) => (
        <span key={text}>
          <i style={{ background: colour }} />
          {text}
        </span>
      ))}
    </div>
  );
}

/** Messages of each day as bars, the delivered ones in them. */
export function SendChart({ days }: { days: readonly Day[] }) {
  const { t } = useTranslation();
  const top = roundUp(Math.max(2, ...days.map((day) => day.sent)));
  const width = barWidth(days.length);
  const label = days.map((day) => `${day.day}: ${formatCount(day.sent)}`).join("; ");
  return (
    <figure className="chart">
      <figcaption>{t("overview.chartSends")}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${t("overview.chartSends")}: ${label}`}>
        <Axis top={top} textOf={formatCount} days={days} />
        {days.map((day, index) => {
          const x = placeOf(index, days.length) - width / 2;
          const all = heightOf(day.sent, top);
          const good = heightOf(day.delivered, top);
          return (
            <g key={day.day} data-day={day.day}>
              <title>{`${day.day} · ${formatCount(day.sent)} · ${t("overview.delivered")} ${formatCount(day.delivered)}`}</title>
              <rect x={x} y={BASE - all} width={width} height={all} fill={COLOURS.waiting} rx={2} />
              <rect x={x} y={BASE - good} width={width} height={good} fill={COLOURS.accent} rx={2} />
            </g>
          );
        })}
      </svg>
      <Legend
        entries={[
          { text: t("overview.delivered"), colour: COLOURS.accent },
          { text: t("overview.undelivered"), colour: COLOURS.waiting },
        ]}
      />
    </figure>
  );
}

/** Delivery rate and card rate of each day as lines; days without any leave gaps. */
export function RateChart({ days }: { days: readonly Day[] }) {
  const { t } = useTranslation();
  const lines = [
    { key: "deliveryRate", colour: COLOURS.good, shares: days.map((day) => shareOf(day.delivered, day.ended)) },
    { key: "cardRate", colour: COLOURS.unclear, shares: days.map((day) => shareOf(day.cards, day.cards_sent)) },
  ] as const;
  const percent = (share: number | null) => formatShare(share ?? 0, share === null ? 0 : 1);
  const label = days
    .map((day, index) => `${day.day}: ${lines.map((line) => percent(line.shares[index] ?? null)).join(" / ")}`)
    .join("; ");
  return (
    <figure className="chart">
      <figcaption>{t("overview.chartRates")}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${t("overview.chartRates")}: ${label}`}>
        <Axis top={1} textOf={(share) => `${share * 100}%`} days={days} />
        {lines.map((line) =>
          piecesOf(line.shares, 1).map((points) => (
            <g key={`${line.key}${points[0]?.x ?? 0}`}>
              <polyline fill="none" stroke={line.colour} strokeWidth={2} points={points.map(({ x, y }) => `${x},${y}`).join(" ")} />
              {points.map(({ x, y }) => (
                <circle key={x} cx={x} cy={y} r={3.5} fill={line.colour} />
              ))}
            </g>
          )),
        )}
      </svg>
      <Legend entries={lines.map(({ key, colour }) => ({ text: t(`overview.${key}`), colour }))} />
    </figure>
  );
}
