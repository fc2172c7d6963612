import { describe, expect, it } from "vitest";

import { numberUrl } from "./queries";

describe("numberUrl", () => {
  it("asks for what the list shows, but for its page", () => {
    const query = { offset: 20, limit: 20, phone: "13800138000", state: ["failed" as const, "expired" as const], begin: "2026-11-22T00:00:00.000Z" };
    expect(numberUrl(query)).toBe(
      "/console/api/send-details.csv?state=failed&state=expired&phone=13800138000&begin=2026-11-22T00%3A00%3A00.000Z",
    );
  });
});
