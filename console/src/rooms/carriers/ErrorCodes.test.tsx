// @vitest-environment jsdom
import { cleanup } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";

import { draw } from "@/kit/drawn";
import { ErrorCodes } from "@/rooms/carriers/ErrorCodes";

afterEach(cleanup);

it("says beside each code of a carrier what it means", async () => {
  await draw(<ErrorCodes errors={[{ code: "sgip:27", count: 5, zh: "手机无法接通", en: "The phone cannot be reached" }]} />);
  expect(document.querySelector("[data-error='sgip:27']")?.textContent).toBe("sgip:27 × 5手机无法接通");
});
