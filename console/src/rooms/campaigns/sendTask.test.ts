import { describe, expect, it } from "vitest";

import { addSample, rateOf, type Sample, sentOf } from "./rate";
import { actionsOf, countIn, endedOf, GROUPS, MESSAGE_STATES, recipientsOf, type SendTask, TASK_STATES } from "./sendTask";

const NO_COUNTS = { rows: 0, imported: 0, invalid: 0, duplicates: 0, opted_out: 0, capable: 0, incapable: 0, submitted: 0 };

function task(over: Partial<SendTask>): SendTask {
  return { state: "running", counts: NO_COUNTS, states: {}, ...over } as SendTask;
}

describe("counts of a task", () => {
  it("takes every state into exactly one group", () => {
    expect(Object.values(GROUPS).flat().sort()).toEqual([...MESSAGE_STATES].sort());
  });

  it("expects all parsed recipients before they are planned", () => {
    expect(recipientsOf(task({ counts: { ...NO_COUNTS, capable: 7, incapable: 3 }, states: { queued: 2 } }))).toBe(10);
  });

  it("counts what is over and what a carrier has", () => {
    const states = { queued: 4, submitted: 3, delivered: 2, skipped: 1, unknown: 5, unknown_final: 6 };
    expect(endedOf(task({ states }))).toBe(9);
    expect(sentOf(task({ states }))).toBe(16);
    expect(countIn(states, ["queued", "failed"])).toBe(4);
  });
});

describe("actions of a task", () => {
  it.each(TASK_STATES.map((state) => [state] as const))("of %s never both pause and resume", (state) => {
    const allowed = actionsOf(task({ state }));
    expect(allowed.includes("pause") && allowed.includes("resume")).toBe(false);
  });

  it("lets a finished task alone", () => {
    expect(actionsOf(task({ state: "finished" }))).toEqual([]);
  });
});

describe("rate", () => {
  it("is measured over the last five seconds", () => {
    let samples: Sample[] = [];
    for (const [at, sent] of [[0, 0], [4_000, 100], [8_000, 900], [9_000, 1_100]] as const) {
      samples = addSample(samples, { at, sent });
    }
    expect(samples.map((sample) => sample.at)).toEqual([4_000, 8_000, 9_000]);
    expect(rateOf(samples)).toBe(200);
  });

  it("is nothing with one sample, and never negative", () => {
    expect(rateOf([{ at: 0, sent: 9 }])).toBe(0);
    expect(rateOf([{ at: 0, sent: 9 }, { at: 10, sent: 3 }])).toBe(0);
  });
});
