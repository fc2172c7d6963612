import dayjs from "dayjs";
import { describe, expect, it } from "vitest";

import type { SendTask } from "@/rooms/campaigns/sendTask";

import { valuesOf } from "./copying";
import { type CardChoice, INITIAL, isSame, type Parse, partsOf, questionOf, sendAtOf, type Sendable, submittedOf, sumOf, taskOf, trialFault, withChosen } from "./values";

const ZONE = "Asia/Shanghai";
const PARSE = {
  counts: { rows: 5, imported: 5, invalid: 0, duplicates: 0, opted_out: 0, capable: 3, incapable: 2, submitted: 5 },
  parts: { capable: { mobile: 3 }, incapable: { mobile: 1, unicom: 3 }, plain: { mobile: 1, unicom: 1 }, longest: { capable: 60 } },
} as unknown as Parse;

describe("what numbers are looked at for", () => {
  const chosen = { card_template_id: "600000001", sms_template_id: "15010661", domain: "km2g.cn" };

  it("names the first field that is missing", () => {
    expect(questionOf({})).toBe("card_template_id");
    expect(questionOf({ card_template_id: "1" })).toBe("sms_template_id");
    expect(questionOf({ ...chosen, source: "typed", typed: " " })).toBe("typed");
    expect(questionOf({ ...chosen, source: "file" })).toBe("numbers");
  });

  it("is another one when anything of it changes, and not when the name does", () => {
    const values = { ...chosen, source: "typed" as const, typed: "13800138000" };
    const asked = questionOf(values);
    expect(typeof asked).toBe("object");
    expect(isSame(asked as never, questionOf({ ...values, name: "other" }))).toBe(true);
    expect(isSame(asked as never, questionOf({ ...values, domain: "own.example" }))).toBe(false);
    expect(isSame(undefined, asked)).toBe(false);
  });
});

describe("what a send takes", () => {
  it("follows the choice for numbers that cannot show the card", () => {
    expect([submittedOf(PARSE, "none"), submittedOf(PARSE, "sms")]).toEqual([3, 5]);
    expect(sumOf(partsOf(PARSE, "none", false))).toBe(3);
    expect(partsOf(PARSE, "sms", false)).toEqual({ mobile: 4, unicom: 3 });
    expect(partsOf(PARSE, "basic", false)).toEqual({ mobile: 4, unicom: 1 });
    expect(partsOf(PARSE, "basic", true)).toEqual({ mobile: 3 });
  });

  it("leaves out of the request what does not apply", () => {
    const at = dayjs("2026-12-01T09:00:00");
    const values = { ...INITIAL, name: "n", send_at: at, basic_template_id: "1", validity_days: 3, jump_url: " " };
    expect(taskOf(values, "p", ZONE)).toMatchObject({ send_at: null, basic_template_id: null, validity_days: 7, jump_url: null });
    const later = taskOf({ ...values, when: "later", validity: "own", fallback: "basic" }, "p", ZONE);
    expect(later).toMatchObject({ basic_template_id: "1", validity_days: 3 });
  });

  it("goes out when clocks of the account's zone show what was picked", () => {
    const values = { ...INITIAL, when: "later" as const, send_at: dayjs("2026-12-01T09:00:00") };
    expect(taskOf(values, "p", ZONE).send_at).toBe("2026-12-01T01:00:00.000Z");
    expect(taskOf(values, "p", "America/New_York").send_at).toBe("2026-12-01T14:00:00.000Z");
    expect(sendAtOf(values, ZONE)).toBe("2026-12-01T01:00:00.000Z");
  });
});

describe("a trial", () => {
  const five = { ...PARSE, counts: { ...PARSE.counts, imported: 5 } };

  it("takes a few typed numbers only", () => {
    expect(trialFault({ is_trial: true, source: "typed" }, five)).toBeNull();
    expect(trialFault({ is_trial: true, source: "typed" }, { ...five, counts: { ...five.counts, imported: 6 } })).toBe("many");
    expect(trialFault({ is_trial: true, source: "file" }, five)).toBe("file");
    expect(trialFault({ is_trial: false, source: "file" }, { ...five, counts: { ...five.counts, imported: 600 } })).toBeNull();
  });
});

describe("the cards of a picker", () => {
  const card = (tpl_id: string, is_public = false) => ({ tpl_id, is_public }) as CardChoice;

  it("have the chosen one among them, once and in its own group", () => {
    const listed = [card("1"), card("2")];
    expect(withChosen(listed, card("9"), false)).toEqual([card("9"), ...listed]);
    expect(withChosen(listed, card("2"), false)).toBe(listed);
    expect(withChosen(listed, card("9", true), false)).toBe(listed);
    expect(withChosen(listed, undefined, false)).toBe(listed);
  });
});

describe("a copy", () => {
  const task = { card_template_id: "600000001", sms_template_id: "15010661", domain: "km2g.cn", validity_days: 3, name: "a", jump_url: null, is_trial: false, fallback: "sms" } as SendTask;

  it("takes over the choices, and the SMS template only where it can still be sent", () => {
    const row = { template_id: "15010661", app_id: "app", signature_id: "sign" } as Sendable;
    expect(valuesOf(task, [row])).toMatchObject({ app_id: "app", sms_template_id: "15010661", validity: "own", validity_days: 3, fallback: "sms" });
    expect(valuesOf(task, [])).toMatchObject({ app_id: undefined, sms_template_id: undefined });
  });
});
