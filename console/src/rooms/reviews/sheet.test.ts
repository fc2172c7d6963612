import { describe, expect, it } from "vitest";

import { beside, liveOf, rowsOf } from "./sheet";

const told = (rows: ReturnType<typeof rowsOf>) => rows.map(({ field, places, text, isFile }) => [field, places.join("."), text, isFile]);

describe("rowsOf", () => {
  it("reads a filing: its form without wrapper, its papers by name", () => {
    const snapshot = {
      legal_name: "鸿雁",
      values: { signature_differs: "yes", note: "" },
      papers: [{ field: "business_licence", paper_id: "p", name: "a.png", sha256: "00", size_bytes: 3 }],
    };
    expect(told(rowsOf(snapshot))).toEqual([
      ["legal_name", "", "鸿雁", false],
      ["signature_differs", "", "yes", false],
      ["business_licence", "", "a.png", true],
    ]);
  });
  it("reads lists row by row, short ones at once", () => {
    const snapshot = { vendors: ["HUAWEI", "OPPO"], variables: [{ index: 1, type: "TEXT" }, { index: 2, type: "NEWTEXT" }] };
    expect(told(rowsOf(snapshot))).toEqual([
      ["vendors", "", "HUAWEI、OPPO", false],
      ["index", "1", "1", false],
      ["type", "1", "TEXT", false],
      ["index", "2", "2", false],
      ["type", "2", "NEWTEXT", false],
    ]);
  });
  it("leaves out how a card looks, and shows pictures as files", () => {
    const pages = [{ w: 1, content: [{ type: "text", x: 3, text: "你好", style: { color: "#fff" } }] }];
    expect(told(rowsOf({ pages }))).toEqual([["text", "1.1", "你好", false]]);
    expect(told(rowsOf({ form: { logo: "abc", proofs: ["d"] }, before: { logo: "z" } }))).toEqual([
      ["logo", "", "", true],
      ["proofs", "1", "", true],
    ]);
  });
});

describe("beside", () => {
  it("tells what was added, changed and taken away", () => {
    const before = rowsOf({ a: "1", gone: "x", c: "same" });
    const now = rowsOf({ a: "2", c: "same", d: "new" });
    expect(beside(now, before).map(({ field, change }) => [field, change])).toEqual([
      ["a", "changed"],
      ["gone", "removed"],
      ["c", "same"],
      ["d", "added"],
    ]);
  });
  it("knows another file of the same name", () => {
    const paper = (sha256: string) => rowsOf({ papers: [{ field: "f", name: "a.png", sha256 }] });
    expect(beside(paper("0"), paper("1"))[0]?.change).toBe("changed");
    expect(beside(paper("0"), paper("0"))[0]?.change).toBe("same");
  });
  it("compares an account with what is live", () => {
    expect(liveOf({ form: {}, before: { name: "a" } })).toEqual({ form: { name: "a" } });
    expect(liveOf({ form: {}, before: null })).toBeUndefined();
  });
});
