import { describe, expect, it } from "vitest";

import { placesOf, valuesOf } from "@/rooms/reports/days";

describe("places of a chart", () => {
  it("names every day, over the end of a month", () => {
    expect(placesOf("2026-10-30", "2026-11-02", "day")).toEqual(["2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02"]);
  });

  it("names every month, whatever days it is asked by", () => {
    expect(placesOf("2025-12-31", "2026-02-01", "month")).toEqual(["2025-12", "2026-01", "2026-02"]);
  });

  it("has none when the span is none", () => {
    expect(placesOf("2026-11-02", "2026-11-01", "day")).toEqual([]);
  });

  it("has nothing on days without any", () => {
    const points = [{ day: "2026-11-02", sent: 7 }];
    expect(valuesOf(["2026-11-01", "2026-11-02"], points, ({ day }) => day, ({ sent }) => sent)).toEqual([0, 7]);
  });

  it("sums the days of a month", () => {
    const points = [{ day: "2026-10-31", sent: 1 }, { day: "2026-11-01", sent: 2 }, { day: "2026-11-30", sent: 4 }];
    expect(valuesOf(["2026-10", "2026-11"], points, ({ day }) => day.slice(0, 7), ({ sent }) => sent)).toEqual([1, 6]);
  });
});
