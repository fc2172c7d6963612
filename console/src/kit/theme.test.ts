// @vitest-environment jsdom
import { readFileSync } from "node:fs";

import "@/kit/jsdom";
import { describe, expect, it } from "vitest";

import { PALETTES } from "@/kit/theme";
import { shownFor, themeChoiceOf } from "@/kit/themeChoice";

const SHEET = readFileSync("src/kit/console.css", "utf8");

function declared(selector: string): Record<string, string> {
  const at = SHEET.indexOf(`${selector} {`);
  const block = SHEET.slice(at, SHEET.indexOf("}", at));
  return Object.fromEntries([...block.matchAll(/--([a-z-]+):\s*(#[0-9a-f]+)/g)].map(([, name, value]) => [name ?? "", value ?? ""]));
}

describe("colours", () => {
  it.each([
    ["light", ":root, .phone"],
    ["dark", ':root[data-theme="dark"]'],
  ] as const)("are the same for the library and the stylesheet: %s", (shown, selector) => {
    expect(declared(selector)).toMatchObject(PALETTES[shown]);
  });

  it("have each variable in the light and in the dark", () => {
    expect(Object.keys(declared(":root, .phone")).sort()).toEqual(Object.keys(declared(':root[data-theme="dark"]')).sort());
  });

  it.each([
    [null, true, "dark"],
    [null, false, "light"],
    ["dark", false, "dark"],
    ["light", true, "light"],
    ["purple", true, "dark"],
  ] as const)("follow the choice %s on a system whose darkness is %s", (stored, isSystemDark, shown) => {
    expect(shownFor(themeChoiceOf(stored), isSystemDark)).toBe(shown);
  });
});
