import { describe, expect, it } from "vitest";

import { Problem } from "@/client/problem";

import { placed, reasonsOf } from "./reasons";

const given = [
  { code: "a", field: "", text: "" },
  { code: "b", field: "name", text: "x" },
];

describe("reasonsOf", () => {
  it("keeps the guide's order and only what is chosen", () => {
    const answers = { codes: ["b", "a"], details: { b: { field: "name", text: " x " }, c: { text: "left over" } } };
    expect(reasonsOf(answers, ["a", "b", "c"])).toEqual(given);
    expect(reasonsOf({}, ["a"])).toEqual([]);
  });
});

describe("placed", () => {
  it.each([
    ["reasons.1.text", "details.b.text"],
    ["reasons.1.field", "details.b.field"],
    ["reasons.0.code", "codes"],
    ["reasons.7.text", "reasons.7.text"],
    ["reason", "text"],
    ["question", "text"],
    ["other", "other"],
  ])("of %s is %s", (field, shown) => {
    expect((placed(new Problem(400, "x", "no", field), given) as Problem).field).toBe(shown);
  });
  it("leaves everything else as it is", () => {
    const conflict = new Problem(409, "x", "decided");
    const fault = new Error("x");
    expect([placed(conflict, given), placed(fault, given)]).toEqual([conflict, fault]);
  });
});
