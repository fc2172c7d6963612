import { expect, it } from "vitest";

import { keyKeeper, newKey } from "@/kit/onceKey";

it("is different each time, without what only TLS has", () => {
  expect(newKey()).toMatch(/^[0-9a-f]{32}$/);
  expect(newKey()).not.toBe(newKey());
});

it("stays while the same thing is asked for", () => {
  const keyOf = keyKeeper();
  const first = keyOf({ name: "a", rows: [1] });
  expect(keyOf({ name: "a", rows: [1] })).toBe(first);
  const second = keyOf({ name: "b", rows: [1] });
  expect(second).not.toBe(first);
  expect(keyOf({ name: "a", rows: [1] })).not.toBe(first);
});
