import { expect, it } from "vitest";

import { isMessageId } from "@/rooms/receipts/messageId";

it("takes positive numbers that survive JSON", () => {
  expect(["1", "9007199254740991"].map(isMessageId)).toEqual([true, true]);
});

it("takes nothing else", () => {
  const wrong = ["", "0", "-1", "1.5", "0x10", "1e3", " 1", "一", "9007199254740992", "12345678901234567"];
  expect(wrong.filter(isMessageId)).toEqual([]);
});
