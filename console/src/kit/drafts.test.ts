// @vitest-environment jsdom
import dayjs from "dayjs";
import { beforeEach, describe, expect, it } from "vitest";

import { dropDraft, keepDraft, readDraft } from "./drafts";

const of = { user: "u1", form: "send", leaveOut: ["password"] };

describe("drafts", () => {
  beforeEach(() => localStorage.clear());

  it("come back with moments, without secrets and files", () => {
    const at = dayjs("2026-11-22T10:00:00Z");
    keepDraft(of, { name: "a", at, password: "secret", letter: [{ id: "f1", file: new File(["x"], "x.png") }] });
    const values = readDraft(of)?.values;
    expect(dayjs.isDayjs(values?.at) && values.at.isSame(at)).toBe(true);
    expect({ ...values, at: undefined }).toEqual({ name: "a", letter: [{ id: "f1" }], at: undefined });
    expect(JSON.stringify(localStorage)).not.toContain("secret");
  });

  it("belong to one user and one form", () => {
    keepDraft(of, { name: "a" });
    expect(readDraft({ ...of, user: "u2" })).toBeUndefined();
    expect(readDraft({ ...of, form: "other" })).toBeUndefined();
    dropDraft(of);
    expect(readDraft(of)).toBeUndefined();
  });

  it.each(["", "null", "{}", '{"at":"2020-01-01T00:00:00Z","values":{}}', '{"at":"x","values":{}}', "[1]"])("are none when the browser holds '%s'", (text) => {
    localStorage.setItem("hongyan.draft.u1.send", text);
    expect(readDraft(of)).toBeUndefined();
  });
});
