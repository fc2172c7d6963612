import dayjs from "dayjs";
import { describe, expect, it } from "vitest";

import { INITIAL, taskOf } from "@/rooms/video_sms/taskForm";
import { mayResend, planningOf } from "@/rooms/video_sms/words";

const ZONE = "Asia/Shanghai";
const numbers = [{ id: "f1", name: "a.xlsx", size: 1 }];

describe("taskOf", () => {
  it("sends everybody's values, one for each placeholder", () => {
    const body = taskOf({ ...INITIAL, tpl_id: "8", numbers, values: ["王", "李", "多余"] }, ["p_1", "p_2"], ZONE);
    expect(body).toMatchObject({ number_file_id: "f1", values: ["王", "李"], is_individual: false, send_at: null });
  });

  it("takes values from the file where each number has its own", () => {
    const body = taskOf({ ...INITIAL, mode: "individual", numbers, values: ["王"] }, ["p_1"], ZONE);
    expect(body).toMatchObject({ values: [], is_individual: true });
  });

  it("knows no individual values without placeholders", () => {
    expect(taskOf({ ...INITIAL, mode: "individual", numbers }, [], ZONE)).toMatchObject({ is_individual: false, values: [] });
  });

  it("sends later only when that is chosen", () => {
    const at = dayjs("2026-12-01T09:00:00");
    expect(taskOf({ ...INITIAL, send_at: at }, [], ZONE).send_at).toBeNull();
    expect(taskOf({ ...INITIAL, when: "later", send_at: undefined }, [], ZONE).send_at).toBeNull();
  });

  it("sends when clocks of the account's zone show what was picked", () => {
    const values = { ...INITIAL, when: "later" as const, send_at: dayjs("2026-12-01T09:00:00") };
    expect(taskOf(values, [], ZONE).send_at).toBe("2026-12-01T01:00:00.000Z");
    expect(taskOf(values, [], "America/New_York").send_at).toBe("2026-12-01T14:00:00.000Z");
  });
});

describe("planningOf", () => {
  const task = { state: "processing", total: 10_000, planned: 2_500, resent: 0, is_cancelled: false } as const;

  it("tells how far a large file is taken in", () => {
    expect(planningOf(task)).toBe(25);
    expect(planningOf({ ...task, state: "scheduled" })).toBe(25);
    expect(planningOf({ ...task, state: "re_processing", planned: 10_000, resent: 10_000 })).toBe(50);
  });

  it("has nothing to tell when all is, or the task is over", () => {
    expect(planningOf({ ...task, planned: 10_000 })).toBeNull();
    expect(planningOf({ ...task, state: "sending_failed" })).toBeNull();
    expect(planningOf({ ...task, is_cancelled: true })).toBeNull();
  });
});

describe("mayResend", () => {
  const task = { state: "sending_complete", resent: 0, failed: 3, is_cancelled: false } as const;

  it("lets what failed be sent again once the task is over, and only once", () => {
    expect(mayResend(task)).toBe(true);
    expect(mayResend({ ...task, state: "processing" })).toBe(false);
    expect(mayResend({ ...task, failed: 0 })).toBe(false);
    expect(mayResend({ ...task, resent: 3 })).toBe(false);
  });

  it("leaves what somebody stopped as it is", () => {
    expect(mayResend({ ...task, is_cancelled: true })).toBe(false);
  });
});
