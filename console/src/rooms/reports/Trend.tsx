import { formatCount } from "@/kit/format";
import { COLOURS } from "@/kit/theme";
import { BASE, HEIGHT, heightOf, LEFT, piecesOf, placeOf, roundUp, WIDTH } from "@/rooms/overview/chart";

interface Line {
  key: string;
  text: string;
  colour: string;
  values: readonly number[];
}

interface TrendProps {
  title: string;
  /** Along the axis; as many as each line has values. */
  places: readonly string[];
  lines: readonly Line[];
}

const HALVES = [0, 0.5, 1] as const;
/** So many names fit under the axis. */
const NAMES = 8;
const DAY_AT = 5;
const DAY_CHARS = 10;

function shortOf(place: string): string {
  return place.length === DAY_CHARS ? place.slice(DAY_AT) : place;
}

/** Counts over days or months as lines; the same figures are in the table below. */
export function Trend({ title, places, lines }: TrendProps) {
  const top = roundUp(Math.max(2, ...lines.flatMap((line) => line.values)));
  const every = Math.max(1, Math.ceil(places.length / NAMES));
  const label = lines.map((line) => `${line.text} ${formatCount(line.values.reduce((sum, value) => sum + value, 0))}`).join("; ");
  return (
    <figure className="chart" data-chart>
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${title}: ${label}`}>
        <g fontSize={11} fill={COLOURS.faint} aria-hidden>
          {HALVES.map((part) => {
            const y = BASE - heightOf(top * part, top);
            return (
              <g key={part}>
                <line x1={LEFT} x2={WIDTH} y1={y} y2={y} stroke={COLOURS.line} />
                <text x={LEFT - 6} y={y + 4} textAnchor="end">
                  {formatCount(top * part)}
                </text>
              </g>
            );
          })}
          {places.map((place, index) =>
            index % every === 0 ? (
              <text key={place} x={placeOf(index, places.length)} y={HEIGHT - 6} textAnchor="middle">
                {shortOf(place)}
              </text>
            ) : null,
          )}
        </g>
        {lines.map((line) => (
          <g key={line.key} data-line={line.key}>
            {piecesOf(line.values, top).map((points) => (
              <polyline
                key={points[0]?.x}
                fill="none"
                stroke={line.colour}
                strokeWidth={2}
                points={points.map(({ x, y }) => `${x},${y}`).join(" ")}
              />
            ))}
            {line.values.map((value, index) => (
              <circle
                key={places[index]}
                cx={placeOf(index, places.length)}
                cy={BASE - heightOf(value, top)}
                r={places.length > NAMES * 4 ? 1.5 : 3}
                fill={line.colour}
              >
                <title>{`${places[index] ?? ""} · ${line.text} ${formatCount(value)}`}</title>
              </circle>
            ))}
          </g>
        ))}
      </svg>
      <div className="chart-legend" aria-hidden>
        {lines.map(({ key, text, colour }) => (
          <span key={key}>
            <i style={{ background: colour }} />
            {text}
          </span>
        ))}
      </div>
    </figure>
  );
}
