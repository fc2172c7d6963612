// @vitest-environment jsdom
import { cleanup, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Problem } from "@/client/problem";
import { draw } from "@/kit/drawn";
import { type SignedIn, SignedInContext } from "@/rooms/identity/session";
import { CardReport } from "@/rooms/reports/CardReport";

const signedIn = { session: { permissions: [], user: { roles: [] } }, zone: "Asia/Shanghai" } as unknown as SignedIn;
const answer = vi.hoisted((): { data: unknown } => ({ data: undefined }));

vi.mock(import("@/rooms/reports/queries"), async (original) => ({
  ...(await original()),
  useCardChoices: (() => ({ data: undefined })) as never,
  useCardReport: (() => ({ ...answer, error: new Problem(503, "kernel.busy", "too busy"), isPending: false, refetch: vi.fn() })) as never,
}));

beforeEach(() => localStorage.clear());
afterEach(cleanup);

const show = () =>
  draw(
    <SignedInContext value={signedIn}>
      <CardReport />
    </SignedInContext>,
  );

it("keeps its chart past a read that failed", async () => {
  answer.data = { items: [], total: 0, series: [], first: "2026-11-01", last: "2026-11-07" };
  await show();
  expect(screen.getByText(/2026-11-01.*2026-11-07/)).toBeTruthy();
  expect(screen.getByRole("radio", { name: "月报表" })).toBeTruthy();
  expect(screen.queryByText("too busy")).toBeNull();
});

it("says what went wrong before anything was read", async () => {
  answer.data = undefined;
  await show();
  expect(screen.getByText("too busy")).toBeTruthy();
  expect(screen.queryByRole("radio", { name: "月报表" })).toBeNull();
});
