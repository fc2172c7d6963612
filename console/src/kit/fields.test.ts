import { describe, expect, it } from "vitest";

import { pathOf, refusedField } from "./fields";

describe("pathOf", () => {
  it.each([
    ["name", ["name"]],
    ["resolve_task.params[3].cust_flag", ["resolve_task", "params", 3, "cust_flag"]],
    ["rows.0.phone", ["rows", 0, "phone"]],
  ])("reads %s", (field, path) => {
    expect(pathOf(field)).toEqual(path);
  });
});

describe("refusedField", () => {
  const known = [["name"], ["rows"], ["card", "params", 0, "value"], ["card"]];

  it.each([
    ["name", { name: ["name"], row: undefined }],
    ["rows[4]", { name: ["rows"], row: 5 }],
    ["rows[4].phone", { name: ["rows"], row: 5 }],
    ["card.params[0].value", { name: ["card", "params", 0, "value"], row: undefined }],
    ["card.params[7].value", { name: ["card"], row: undefined }],
    ["other", undefined],
    [undefined, undefined],
  ])("of %s", (field, refused) => {
    expect(refusedField(field, known)).toEqual(refused);
  });

  it("knows renamed fields", () => {
    expect(refusedField("sign_name", known, { sign_name: "name" })?.name).toEqual(["name"]);
  });
});
