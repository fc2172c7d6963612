import { describe, expect, it } from "vitest";

import { columnsOf, decodeRows, readRows, sampleCsv } from "./rows";

const PLAIN = columnsOf([], false);
const PARAMS = columnsOf(["param1", "param2"], false);
const CODES = columnsOf([], true);
const read = (text: string, columns = PLAIN) => readRows(text, columns, "客户标识");

describe("readRows", () => {
  it("takes marks line by line, and where taps lead", () => {
    const { rows, fault } = read("13800138000\r\n\n 会员-7 , https://example.com/7\n");
    expect(fault).toBeNull();
    expect(rows.map(({ cust_flag: flag, custom_url: url }) => [flag, url])).toEqual([
      ["13800138000", ""],
      ["会员-7", "https://example.com/7"],
    ]);
  });

  it("takes values as a spreadsheet pastes them, without its heading", () => {
    const { rows, fault } = read("客户标识\t参数1\t参数2\n138\t王女士\tA,1", PARAMS);
    expect(fault).toBeNull();
    expect(rows).toEqual([{ cust_flag: "138", params: { param1: "王女士", param2: "A,1" }, custom_url: "", short_code: "" }]);
  });

  it("reads quoted cells and full-width commas", () => {
    expect(read('\uFEFF138,"a ""b"", c"，d', PARAMS).rows[0]?.params).toEqual({ param1: 'a "b", c', param2: "d" });
  });

  it.each([
    ["138,x,y,z,more", PARAMS, { row: 1, fault: "cells" }],
    ["138\n139,x", PARAMS, { row: 1, fault: "cells" }],
    [",https://example.com", PLAIN, { row: 1, fault: "noFlag" }],
    ["138,", CODES, { row: 1, fault: "noCode" }],
    ["138,a!", CODES, { row: 1, fault: "badCode" }],
    ["138,abc\n139,abc", CODES, { row: 2, fault: "twice" }],
    ["138,abc\n139,ABC", CODES, null],
  ] as const)("finds the fault of %j", (text, columns, fault) => {
    expect(read(text, [...columns]).fault).toEqual(fault);
  });
});

describe("decodeRows", () => {
  const text = "客户标识,参数1\n138,王女士";
  // 王女士 as Excel saves it on a Chinese Windows.
  const legacy = Uint8Array.from([0xcd, 0xf5, 0xc5, 0xae, 0xca, 0xbf]);

  it("takes UTF-8 with and without its mark, and GB 18030", () => {
    expect(decodeRows(new TextEncoder().encode(text))).toBe(text);
    expect(read(decodeRows(new TextEncoder().encode(`\uFEFF${text}`)), columnsOf(["参数1"], false)).rows[0]?.params).toEqual({ 参数1: "王女士" });
    expect(decodeRows(legacy)).toBe("王女士");
    expect(decodeRows(Uint8Array.from([0x81, 0x30, 0x81, 0x30]))).toBe("\u0080");
  });
});

describe("sampleCsv", () => {
  it("can be read again", () => {
    const { rows, fault } = read(sampleCsv(["客户标识", "参数1", "参数2"], ["138", 'a,"b"', "c"]), PARAMS);
    expect([fault, rows[0]?.params]).toEqual([null, { param1: 'a,"b"', param2: "c" }]);
  });
});
