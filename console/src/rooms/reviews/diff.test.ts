import { describe, expect, it } from "vitest";

import { compare } from "./diff";

const told = (before: string, after: string) =>
  compare(before, after)
    .map(({ kind, text }) => ({ same: text, added: `+[${text}]`, removed: `-[${text}]` })[kind])
    .join("");

describe("compare", () => {
  it.each([
    ["", "", ""],
    ["同样", "同样", "同样"],
    ["", "新", "+[新]"],
    ["旧", "", "-[旧]"],
    ["尊敬的客户，您好", "尊敬的会员，您好", "尊敬的-[客户]+[会员]，您好"],
    ["abc", "axbc", "a+[x]bc"],
    ["👍🏻a", "👍🏻b", "👍🏻-[a]+[b]"],
  ])("of '%s' and '%s'", (before, after, pieces) => {
    expect(told(before, after)).toBe(pieces);
  });
  it("gives both texts back, also where they are long", () => {
    const before = `begin ${"x".repeat(900)} end`;
    const after = `begin ${"y".repeat(900)} end`;
    const pieces = compare(before, after);
    const without = (kind: string) => pieces.filter((piece) => piece.kind !== kind).map(({ text }) => text).join("");
    expect([without("added"), without("removed")]).toEqual([before, after]);
    expect(pieces.map(({ kind }) => kind)).toEqual(["same", "removed", "added", "same"]);
  });
});
