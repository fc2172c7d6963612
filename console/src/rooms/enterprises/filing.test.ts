import { describe, expect, it } from "vitest";

import { groupsOf, initialOf, isScene, isWanted, mayUrge, serviceOfScene, shownState, textsOf } from "./filing";
import type { Field, Filing, Paper } from "./queries";

const field = (name: string, more: Partial<Field> = {}): Field => ({
  name, group: "letters", zh: name, en: name, kind: "file", is_required: true, required_when: null, max_chars: 0,
  choices: [], types: ["pdf"], max_bytes: 2_097_152, letter: "", ...more,
});
const paper = (scene: Paper["scene"]): Paper => ({
  paper_id: "p1", scene, name: "a.pdf", media_type: "application/pdf", size_bytes: 9, uploaded_at: "2026-11-22T00:00:00Z", is_approved: true,
});
const yes = { value: "yes", zh: "是", en: "Yes" };
const no = { value: "no", zh: "否", en: "No" };
const filing = (more: Partial<Filing> = {}): Filing => ({
  scene: "basic", state: "none", is_pending: false, values: {}, papers: {}, reason: "", reason_en: "", submitted_at: null,
  decided_at: null, is_asked_back: false, missing: [], pending: null, reasons: [], fields: [], ...more,
});

describe("the shown state", () => {
  it.each([
    [filing(), "none"],
    [filing({ values: { document_type: "x" } }), "begun"],
    [filing({ papers: { letter: paper("smart_send") } }), "none"],
    [filing({ papers: { letter: paper("basic") } }), "begun"],
    [filing({ state: "reviewing", is_pending: true }), "reviewing"],
    [filing({ state: "approved" }), "approved"],
    [filing({ state: "approved", is_pending: true }), "editing"],
    [filing({ state: "rejected" }), "rejected"],
    [filing({ state: "rejected", is_asked_back: true }), "asked"],
    [filing({ state: "approved", is_asked_back: true }), "approved"],
  ] as const)("case %#", (given, expected) => {
    expect(shownState(given)).toBe(expected);
  });
});

describe("the form", () => {
  const fields = [
    field("type", { kind: "choice", choices: [no, yes], group: "others" }),
    field("letter", { is_required: false, required_when: { field: "type", value: "yes" } }),
    field("name", { kind: "text", group: "others" }),
  ];

  it("starts with what is kept, the first choice and own papers alone", () => {
    const given = filing({ fields, values: { name: "鸿雁" }, papers: { letter: paper("smart_send") } });
    expect(initialOf(given)).toEqual({ type: "no", letter: [], name: "鸿雁" });
    const own = initialOf({ ...given, papers: { letter: paper("basic") } });
    expect(own.letter).toMatchObject([{ id: "p1", name: "a.pdf", size: 9, url: "/console/api/filings/papers/p1", look: "/console/api/filings/papers/p1/pages/0" }]);
  });

  it("sends texts and choices, no files", () => {
    expect(textsOf(fields, { type: "yes", letter: [], name: " x ", other: "y" })).toEqual({ type: "yes", name: " x " });
  });

  it("wants a letter when another answer asks for it", () => {
    expect(fields.map((one) => isWanted(one, { type: "yes" }))).toEqual([true, true, true]);
    expect(fields.map((one) => isWanted(one, { type: "no" }))).toEqual([true, false, true]);
  });

  it("keeps the groups together in the order of their first field", () => {
    expect(groupsOf(fields).map(({ group, fields: of }) => [group, of.length])).toEqual([["others", 2], ["letters", 1]]);
  });
});

describe("scenes", () => {
  it("are known by name and belong to services", () => {
    expect([isScene("basic"), isScene("nothing"), isScene(undefined)]).toEqual([true, false, false]);
    expect(serviceOfScene("smart_links")).toBe("smart");
    expect(serviceOfScene("service_account")).toBe("service_accounts");
  });

  it("can be urged from the moment that the desk names", () => {
    const pending = { submitted_at: "", due_at: "", due_is_certain: true, urge_count: 0, urged_at: null, urging_possible_at: "2026-11-23T06:00:00Z" };
    expect(mayUrge({ pending }, new Date("2026-11-23T05:59:59Z"))).toBe(false);
    expect(mayUrge({ pending }, new Date("2026-11-23T06:00:00Z"))).toBe(true);
    expect(mayUrge({ pending: null }, new Date())).toBe(false);
  });
});
