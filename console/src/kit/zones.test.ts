import { describe, expect, it } from "vitest";

import { clockOf, momentOf, startOfDay, startOfToday } from "./zones";

describe("times of a zone", () => {
  it("are those of its clocks", () => {
    expect(momentOf("2026-11-22T08:00:01", "Asia/Shanghai")).toBe("2026-11-22T00:00:01.000Z");
    expect(clockOf(new Date("2026-11-22T00:00:01Z"), "Asia/Shanghai")).toBe("2026-11-22T08:00:01");
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
