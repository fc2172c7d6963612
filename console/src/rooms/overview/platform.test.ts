import { describe, expect, it } from "vitest";

import type { Alarm, Channel } from "@/rooms/carriers/queries";
import type { KindCount } from "@/rooms/reviews/queries";

import { queueOf, statesOf, worstFirst } from "./platform";

const NOW = Date.parse("2026-11-23T02:00:00Z");

describe("the platform's overview", () => {
  it("sums up what waits, and knows the soonest deadline of all", () => {
    const count = (kind: string, pending: number, due_at: string): KindCount => ({ kind, pending, overdue: 1, urged: 2, unclaimed: 0, mine: 3, due_at });
    const counts = [count("sms.signature", 4, "2026-11-24T02:00:00Z"), count("sms.template", 5, "2026-11-23T10:00:00+08:00")];
    expect(queueOf(counts)).toEqual({ pending: 9, overdue: 2, urged: 4, mine: 6, dueAt: "2026-11-23T10:00:00+08:00" });
    expect(queueOf([])).toEqual({ pending: 0, overdue: 0, urged: 0, mine: 0, dueAt: undefined });
  });

  it("counts channels by state, the worst first", () => {
    const channel = (is_enabled: boolean, state: string, at = "2026-11-23T01:59:59Z") => ({ is_enabled, health: { state, at } }) as Channel;
    const channels = [channel(true, "up"), channel(true, "up"), channel(false, "up"), channel(true, "down"), channel(true, "up", "2026-11-23T01:00:00Z")];
    expect(statesOf(channels, NOW)).toEqual([
      { state: "down", count: 1 },
      { state: "none", count: 1 },
      { state: "up", count: 2 },
      { state: "disabled", count: 1 },
    ]);
  });

  it("shows the critical alarms first", () => {
    const alarm = (subject: string, severity: string) => ({ subject, severity }) as Alarm;
    const alarms = [alarm("a", "warning"), alarm("b", "critical"), alarm("c", "warning"), alarm("d", "critical")];
    expect(worstFirst(alarms).map(({ subject }) => subject)).toEqual(["b", "d", "a", "c"]);
  });
});
