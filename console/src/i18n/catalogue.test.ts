import { describe, expect, it } from "vitest";

import { first as zh } from "./chinese";
import { rooms as zhRooms } from "./chineseRooms";
import { first as en } from "./english";
import { rooms as enRooms } from "./englishRooms";

type Texts = Record<string, unknown>;

function flatten(texts: Texts, prefix = ""): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value] as [string, string]] : flatten(value as Texts, `${prefix}${key}.`),
  );
}

const placeholders = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((found) => found[1]).sort();

describe("catalogues", () => {
  const chinese = new Map(flatten({ ...zh, ...zhRooms }));
  const english = new Map(flatten({ ...en, ...enRooms }));

  it("have the same keys", () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  });

  it("have no empty text", () => {
    expect([...chinese, ...english].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("fill in the same values", () => {
    const different = [...chinese].filter(
      ([key, text]) => placeholders(text).join() !== placeholders(english.get(key) ?? "").join(),
    );
    expect(different).toEqual([]);
  });

  it("are in their language", () => {
    const foreign = [...english].filter(([key, text]) => key !== "language.zh-CN" && /[\u3400-\u9fff]/.test(text));
    expect(foreign.map(([key]) => key)).toEqual([]);
  });
});
