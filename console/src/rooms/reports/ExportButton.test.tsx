// @vitest-environment jsdom
import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { api } from "@/client/api";
import { draw } from "@/kit/drawn";
import { type SignedIn, SignedInContext } from "@/rooms/identity/session";

import { ExportButton } from "./ExportButton";

const SIGNED_IN = { session: { permissions: [] }, zone: "Asia/Shanghai" } as unknown as SignedIn;

async function drawn(isOfOne: boolean): Promise<HTMLButtonElement> {
  vi.spyOn(api, "GET").mockResolvedValue({ data: { items: ["video_messages"] }, response: new Response() } as never);
  await draw(
    <SignedInContext value={SIGNED_IN}>
      <ExportButton kind="video_messages" filters={{}} isOfOne={isOfOne} />
    </SignedInContext>,
  );
  return screen.findByRole("button", { name: "导出" });
}

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it("cannot be used while the list is narrowed by a number, and says so", async () => {
  const button = await drawn(true);
  expect(button.disabled).toBe(true);
  expect(button.title).toContain("导出不能按号码或客户标识筛选");
});

it("can be used otherwise", async () => {
  expect((await drawn(false)).disabled).toBe(false);
});
