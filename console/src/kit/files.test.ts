import { describe, expect, it } from "vitest";

import { faultOf, formatBytes, isPicture } from "./files";

const MIB = 1024 * 1024;
const limits = { types: [".png", ".zip"], maxBytes: 40 * MIB };

describe("faultOf", () => {
  it.each([
    ["a.png", 1, undefined],
    ["A.PNG", 40 * MIB, undefined],
    ["a.zip", 40 * MIB + 1, "tooLarge"],
    ["a.exe", 1, "wrongType"],
    ["png", 1, "wrongType"],
    ["a.png", 0, "empty"],
  ])("of %s with %d octets", (name, size, fault) => {
    expect(faultOf({ name, size }, limits)).toBe(fault);
  });
});

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1536, "1.5 KB"],
    [41 * MIB, "41 MB"],
    [40 * MIB + 1, "41 MB"],
  ])("of %d", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe("isPicture", () => {
  it("leaves out what may run", () => {
    expect(["a.jpg", "a.PNG", "a.svg", "a.pdf"].map(isPicture)).toEqual([true, true, false, false]);
  });
});
