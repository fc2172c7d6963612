/** Numbers and times as people read them; times always in the tenant's zone. */

const HUNDRED = 100;

/** Write a whole number with separators. */
export function formatCount(count: number): string {
  return new Intl.NumberFormat("en-US").format(count);
}

/** Write a moment as `2026-11-22 21:41:31` in a zone; an absent one as a dash. */
export function formatTime(iso: string | null | undefined, zone: string): string {
  if (iso === null || iso === undefined) {
    return "–";
  }
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(new Date(iso));
  const at = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? "";
  return `${at("year")}-${at("month")}-${at("day")} ${at("hour")}:${at("minute")}:${at("second")}`;
}

/** Return how much of a whole is done, in percent: 100 only when all of it is, above 0 once something is. */
export function percentOf(part: number, whole: number): number {
  if (whole <= 0 || part <= 0) {
    return 0;
  }
  if (part >= whole) {
    return HUNDRED;
  }
  return Math.min(HUNDRED - 1, Math.max(1, Math.round((part / whole) * HUNDRED)));
}

/** Write a share as `97.3 %`; a share of nothing as a dash. */
export function formatShare(part: number, whole: number): string {
  return whole <= 0 ? "–" : `${((part / whole) * HUNDRED).toFixed(1)}%`;
}
