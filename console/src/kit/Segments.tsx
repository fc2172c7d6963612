import { COLOURS } from "@/kit/theme";

export interface Segment {
  key: string;
  label: string;
  count: number;
  colour: string;
}

interface SegmentsProps {
  segments: Segment[];
  /** The whole; what the segments do not fill stays empty. */
  total: number;
  isSmall?: boolean;
}

/** A bar that shows of what a whole is made. */
export function Segments({ segments, total, isSmall = false }: SegmentsProps) {
  const shown = segments.filter((segment) => segment.count > 0);
  const filled = shown.reduce((sum, segment) => sum + segment.count, 0);
  const label = shown.map((segment) => `${segment.label} ${segment.count}`).join(", ");
  return (
    <div className={isSmall ? "segments segments-small" : "segments"} role="img" aria-label={label === "" ? "0" : label}>
      {shown.map((segment) => (
        <span
          key={segment.key}
          title={`${segment.label} ${segment.count}`}
          style={{ flex: `${segment.count} 0 0`, background: segment.colour }}
        />
      ))}
      {total > filled && <span style={{ flex: `${total - filled} 0 0`, background: "transparent" }} />}
    </div>
  );
}

export const GROUP_COLOURS = {
  good: COLOURS.good,
  busy: COLOURS.busy,
  waiting: COLOURS.waiting,
  bad: COLOURS.bad,
  unclear: COLOURS.unclear,
  left: COLOURS.left,
} as const;
