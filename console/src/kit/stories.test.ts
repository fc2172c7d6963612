import { describe, expect, it } from "vitest";

import { isAskedBack, isWithdrawn } from "./stories";

const story = (...actions: string[]) => ({ events: actions.map((action) => ({ action })) });

describe("isAskedBack", () => {
  it.each([
    [[], false],
    [[story("submitted", "asked_back")], true],
    [[story("submitted", "rejected")], false],
    [[story("submitted"), story("submitted", "asked_back")], false],
  ])("case %#", (stories, expected) => {
    expect(isAskedBack(stories)).toBe(expected);
  });
});

describe("isWithdrawn", () => {
  it.each([
    [[], false],
    [[story("submitted", "urged", "withdrawn")], true],
    [[story("submitted", "rejected"), story("submitted", "withdrawn")], false],
  ])("case %#", (stories, expected) => {
    expect(isWithdrawn(stories)).toBe(expected);
  });
});
