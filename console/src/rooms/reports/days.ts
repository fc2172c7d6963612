/** Places along the axis of a report: every day or month of its span, also those without any. Pure. */
import dayjs from "dayjs";

const DAY = "YYYY-MM-DD";
const MONTH = "YYYY-MM";
/** More than any report has. */
const MOST = 1_200;

/** Return the days (or months) from the first to the last. */
export function placesOf(first: string, last: string, by: "day" | "month"): string[] {
  const format = by === "day" ? DAY : MONTH;
  const end = dayjs(last).format(format);
  const places: string[] = [];
  for (let at = dayjs(first).startOf(by); at.format(format) <= end && places.length < MOST; at = at.add(1, by)) {
    places.push(at.format(format));
  }
  return places;
}

/** Return the value of each place, the sum where several points are of one, nothing where there is none. */
export function valuesOf<T>(places: readonly string[], points: readonly T[], dayOf: (point: T) => string, of: (point: T) => number): number[] {
  const known = new Map<string, number>();
  for (const point of points) {
    known.set(dayOf(point), (known.get(dayOf(point)) ?? 0) + of(point));
  }
  return places.map((place) => known.get(place) ?? 0);
}
