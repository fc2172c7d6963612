import { describe, expect, it } from "vitest";

import { nextOf } from "./next";

describe("nextOf", () => {
  it.each([
    ["/send-tasks?state=running", "/send-tasks?state=running"],
    [null, "/overview"],
    ["", "/overview"],
    ["//elsewhere.example", "/overview"],
    ["/\\elsewhere.example", "/overview"],
    ["https://elsewhere.example", "/overview"],
    ["/sign-in", "/overview"],
  ])("of %s is %s", (wanted, next) => {
    expect(nextOf(wanted)).toBe(next);
  });
});
