import { describe, expect, it } from "vitest";

import { keyCsv, randomPassword, readAgent } from "./secrets";

describe("randomPassword", () => {
  it("is long, and another each time", () => {
    const made = new Set(Array.from({ length: 50 }, randomPassword));
    expect(made.size).toBe(50);
    for (const password of made) {
      expect(password).toMatch(/^[A-HJ-NP-Za-km-z2-9]{16}$/);
    }
  });
});

describe("keyCsv", () => {
  it("has the vendor's columns", () => {
    expect(keyCsv("lilei", "AK1", "SK1")).toBe("User Name,Access Key Id,Secret Access Key\r\nlilei,AK1,SK1\r\n");
  });
});

describe("readAgent", () => {
  const chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
  it.each([
    [chrome, { browser: "Chrome", system: "Windows" }],
    [`${chrome} Edg/140.0`, { browser: "Edge", system: "Windows" }],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", { browser: "Safari", system: "iOS" }],
    ["python-httpx/0.28", null],
  ])("of %s", (agent, known) => {
    expect(readAgent(agent)).toEqual(known);
  });
});
