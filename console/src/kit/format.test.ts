import { describe, expect, it } from "vitest";

import { formatCount, formatShare, formatTime, percentOf } from "./format";

describe("formatTime", () => {
  it.each([
    ["2026-11-22T13:41:31Z", "Asia/Shanghai", "2026-11-22 21:41:31"],
    ["2026-11-22T16:00:00.500Z", "Asia/Shanghai", "2026-11-23 00:00:00"],
    ["2026-11-22T00:00:00+00:00", "UTC", "2026-11-22 00:00:00"],
  ])("shows %s in %s", (iso, zone, shown) => {
    expect(formatTime(iso, zone)).toBe(shown);
  });

  it("shows an absent time as a dash", () => {
    expect(formatTime(null, "UTC")).toBe("–");
  });
});

describe("percentOf", () => {
  it.each([
    [0, 0, 0],
    [0, 10, 0],
    [1, 100_000, 1],
    [99_999, 100_000, 99],
    [100_000, 100_000, 100],
    [12, 10, 100],
  ])("of %d in %d is %d", (part, whole, percent) => {
    expect(percentOf(part, whole)).toBe(percent);
  });
});

describe("formatCount and formatShare", () => {
  it("separate thousands", () => {
    expect(formatCount(1_234_567)).toBe("1,234,567");
  });

  it("keep one decimal", () => {
    expect([formatShare(2, 3), formatShare(0, 0)]).toEqual(["66.7%", "–"]);
  });
});
