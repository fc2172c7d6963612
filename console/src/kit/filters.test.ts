import { describe, expect, it } from "vitest";

import { changed, readChoices, readDay, readPage } from "./filters";

const params = (text: string) => new URLSearchParams(text);

describe("readPage", () => {
  it.each([
    ["", { page: 1, size: 20 }],
    ["page=3&size=50", { page: 3, size: 50 }],
    ["page=-1&size=7", { page: 1, size: 20 }],
    ["page=x&size=", { page: 1, size: 20 }],
    ["page=1e9", { page: 1, size: 20 }],
  ])("of '%s'", (query, page) => {
    expect(readPage(params(query))).toEqual(page);
  });
});

describe("readChoices and readDay", () => {
  it("keep only what is known", () => {
    expect(readChoices(params("state=a&state=x&state=b"), "state", ["b", "a"])).toEqual(["b", "a"]);
  });

  it.each([
    ["from=2026-11-22", "2026-11-22"],
    ["from=2026-13-22", undefined],
    ["from=yesterday", undefined],
    ["", undefined],
  ])("read the day of '%s'", (query, day) => {
    expect(readDay(params(query), "from")).toBe(day);
  });
});

describe("changed", () => {
  it("goes back to the first page when a filter changes", () => {
    expect(changed(params("page=4&name=a"), { name: "b" }).toString()).toBe("name=b");
  });

  it("keeps the filters when the page changes", () => {
    expect(changed(params("name=a&state=x&state=y"), { page: "2" }).toString()).toBe("name=a&state=x&state=y&page=2");
  });

  it("removes what is empty", () => {
    expect(changed(params("name=a&state=x"), { name: "", state: [] }).toString()).toBe("");
  });
});
