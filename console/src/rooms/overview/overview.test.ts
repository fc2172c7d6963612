import { describe, expect, it } from "vitest";

import { stepsDone } from "./guide";
import { weekOf } from "./week";

describe("stepsDone", () => {
  it.each([
    [{ isFiled: false, sendable: 3, tasks: 3 }, 0],
    [{ isFiled: true, sendable: 0, tasks: 0 }, 1],
    [{ isFiled: true, sendable: 2, tasks: 0 }, 4],
    [{ isFiled: true, sendable: 2, tasks: 1 }, 5],
  ])("of %o is %d", (known, done) => {
    expect(stepsDone(known)).toBe(done);
  });
});

describe("weekOf", () => {
  it("sums up what was sent and leaves trials out", () => {
    const tasks: Parameters<typeof weekOf>[0] = [
      { is_trial: false, resolved: 2, states: { delivered: 5, failed: 1, skipped: 4 } },
      { is_trial: false, resolved: 0, states: { queued: 3 } },
      { is_trial: true, resolved: 9, states: { delivered: 9 } },
    ];
    expect(weekOf(tasks)).toEqual({ messages: 9, ended: 6, delivered: 5, resolved: 2 });
  });
});
