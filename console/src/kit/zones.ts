/** Days of a zone as moments in UTC. */
import dayjs, { type Dayjs } from "dayjs";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";

dayjs.extend(utc);
dayjs.extend(timezone);

/** Return when a day such as `2026-11-22` begins in a zone, shifted by whole days. */
export function startOfDay(day: string, zone: string, shiftDays = 0): string {
  return dayjs.tz(day, zone).add(shiftDays, "day").toISOString();
}

/** Return the moment of a time that clocks of a zone show, such as `2026-11-22T21:41:31`. */
export function momentOf(time: string, zone: string): string {
  return dayjs.tz(time, zone).toISOString();
}

/** Return the moment that was picked: a picker knows the browser's zone only, and what it shows is meant in another. */
export function pickedMoment(picked: Dayjs, zone: string): string {
  return momentOf(picked.format("YYYY-MM-DDTHH:mm:ss"), zone);
}

/** Is a day of a picker over in a zone? */
export function isPastDay(day: Dayjs, zone: string): boolean {
  return day.format("YYYY-MM-DD") < clockOf(new Date(), zone).slice(0, 10);
}

/** Return what clocks of a zone show. */
export function clockOf(moment: Date, zone: string): string {
  return dayjs(moment).tz(zone).format("YYYY-MM-DDTHH:mm:ss");
}

/** Return when the day of `now` begins in a zone, shifted by whole days. */
export function startOfToday(now: Date, zone: string, shiftDays = 0): string {
  return dayjs(now).tz(zone).startOf("day").add(shiftDays, "day").toISOString();
}
