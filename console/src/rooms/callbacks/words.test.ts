import { describe, expect, it } from "vitest";

import { healthOf } from "./words";

const WELL = { state: "active", failures: 0, last_attempt_at: "2026-11-23T11:00:00Z", paused_until: null } as const;

describe("healthOf", () => {
  it.each([
    [WELL, "well"],
    [{ ...WELL, last_attempt_at: null }, "unused"],
    [{ ...WELL, failures: 2 }, "failing"],
    [{ ...WELL, failures: 5, paused_until: "2026-11-23T12:00:01Z" }, "paused"],
    [{ ...WELL, state: "disabled", failures: 9 }, "disabled"],
  ] as const)("%j", (address, health) => {
    expect(healthOf(address)).toBe(health);
  });
});
