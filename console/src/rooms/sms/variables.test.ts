import { describe, expect, it } from "vitest";

import { insertVariable, numbersIn, renumber } from "./variables";

describe("numbersIn", () => {
  it("finds each once, in order of position", () => {
    expect(numbersIn("看 ${2} 和 ${1}，再看 ${2} ${x} ${123}")).toEqual([2, 1]);
  });
});

describe("renumber", () => {
  it.each([
    ["看 ${2} 和 ${1}", "看 ${1} 和 ${2}", [2, 1]],
    ["看 ${1} 和 ${1}", "看 ${1} 和 ${2}", [1, 1]],
    ["没有变量", "没有变量", []],
  ])("of '%s'", (text, numbered, from) => {
    expect(renumber(text)).toEqual({ text: numbered, from });
  });
});

describe("insertVariable", () => {
  it("numbers what stands behind it again", () => {
    expect(insertVariable("甲，乙 ${1} 丙", 2, 2)).toEqual({ text: "甲，${1}乙 ${2} 丙", from: [0, 1], number: 1, cursor: 6 });
  });

  it("takes the place of what is selected", () => {
    expect(insertVariable("尊敬的张三您好", 3, 5).text).toBe("尊敬的${1}您好");
  });

  it("never tears another one apart", () => {
    expect(insertVariable("看 ${1} 吧", 4, 4)).toEqual({ text: "看 ${1}${2} 吧", from: [1, 0], number: 2, cursor: 10 });
  });
});
