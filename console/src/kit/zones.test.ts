import dayjs from "dayjs";
import { describe, expect, it, vi } from "vitest";

import { clockOf, isPastDay, momentOf, pickedMoment, startOfDay, startOfToday } from "./zones";

describe("times of a zone", () => {
  it("are those of its clocks", () => {
    expect(momentOf("2026-11-22T08:00:01", "Asia/Shanghai")).toBe("2026-11-22T00:00:01.000Z");
    expect(clockOf(new Date("2026-11-22T00:00:01Z"), "Asia/Shanghai")).toBe("2026-11-22T08:00:01");
  });
});

describe("a picker", () => {
  it("means the zone's clocks, whatever the browser's zone is", () => {
    expect(pickedMoment(dayjs("2026-12-01T09:00:00"), "Asia/Shanghai")).toBe("2026-12-01T01:00:00.000Z");
    expect(pickedMoment(dayjs("2026-12-01T09:00:00"), "America/New_York")).toBe("2026-12-01T14:00:00.000Z");
  });

  it("has no days that are over there", () => {
    vi.useFakeTimers({ now: new Date("2026-11-21T17:30:00Z") });
    expect([isPastDay(dayjs("2026-11-21"), "Asia/Shanghai"), isPastDay(dayjs("2026-11-22"), "Asia/Shanghai")]).toEqual([true, false]);
    expect([isPastDay(dayjs("2026-11-20"), "UTC"), isPastDay(dayjs("2026-11-21"), "UTC")]).toEqual([true, false]);
    vi.useRealTimers();
  });
});

describe("days of a zone", () => {
  it("begin at its midnight", () => {
    expect(startOfDay("2026-11-22", "Asia/Shanghai")).toBe("2026-11-21T16:00:00.000Z");
    expect(startOfDay("2026-11-22", "Asia/Shanghai", 1)).toBe("2026-11-22T16:00:00.000Z");
  });

  it("follow the zone's date, not ours", () => {
    const now = new Date("2026-11-21T17:30:00Z");
    expect(startOfToday(now, "Asia/Shanghai")).toBe("2026-11-21T16:00:00.000Z");
    expect(startOfToday(now, "UTC", -6)).toBe("2026-11-15T00:00:00.000Z");
  });
});
