/** What the overview of the platform's people sums up. */
import type { Alarm, Channel } from "@/rooms/carriers/queries";
import { type ShownState, stateOf } from "@/rooms/carriers/words";
import type { KindCount } from "@/rooms/reviews/queries";

export interface Queue {
  pending: number;
  overdue: number;
  urged: number;
  mine: number;
  /** The soonest deadline of all. */
  dueAt: string | undefined;
}

/** Sum up what waits of all kinds. */
export function queueOf(counts: readonly KindCount[]): Queue {
  const sum = (pick: (one: KindCount) => number) => counts.reduce((total, one) => total + pick(one), 0);
  return {
    pending: sum((one) => one.pending),
    overdue: sum((one) => one.overdue),
    urged: sum((one) => one.urged),
    mine: sum((one) => one.mine),
    dueAt: counts.map((one) => one.due_at).sort((one, other) => Date.parse(one) - Date.parse(other))[0],
  };
}

const WORST_FIRST: readonly ShownState[] = ["down", "none", "degraded", "up", "idle", "disabled"];

/** Count channels by state, the worst first; states that none is in are left out. */
export function statesOf(channels: readonly Channel[], now: number): { state: ShownState; count: number }[] {
  const states = channels.map((channel) => stateOf(channel, now));
  return WORST_FIRST.map((state) => ({ state, count: states.filter((one) => one === state).length })).filter(({ count }) => count > 0);
}

/** The critical ones first, each sort as it was. */
export function worstFirst(alarms: readonly Alarm[]): Alarm[] {
  return [...alarms.filter((one) => one.severity === "critical"), ...alarms.filter((one) => one.severity !== "critical")];
}
