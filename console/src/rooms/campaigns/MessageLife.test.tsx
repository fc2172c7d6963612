// @vitest-environment jsdom
import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { Problem } from "@/client/problem";
import { draw } from "@/kit/drawn";
import { MessageLife } from "@/rooms/campaigns/MessageLife";
import type { Life } from "@/rooms/campaigns/queries";
import type { Message } from "@/rooms/campaigns/sendTask";
import { type SignedIn, SignedInContext } from "@/rooms/identity/session";

const row = { message_id: 7, phone_masked: "138****8000", state: "attempted", text: "您好", link_code: null, final_at: null } as Message;
const life = { planned_at: "2026-11-23T07:00:00Z", parts_planned: 1, spans: [], parts: [], doubts: [], way: null, state: "delivered", final_at: "2026-11-23T07:03:00Z" } as unknown as Life;
const signedIn = { session: { permissions: [], user: { roles: [] } }, zone: "Asia/Shanghai" } as unknown as SignedIn;
const answer = vi.hoisted((): { data: unknown; error: Error | null } => ({ data: undefined, error: null }));

vi.mock(import("@/rooms/campaigns/queries"), async (original) => ({
  ...(await original()),
  useLife: (() => ({ ...answer, refetch: vi.fn() })) as never,
  useMessageCards: (() => ({ data: undefined })) as never,
  useMessagePosts: (() => ({ data: undefined })) as never,
}));

afterEach(cleanup);

const show = () =>
  draw(
    <SignedInContext value={signedIn}>
      <MessageLife taskId="t-1" message={row} close={vi.fn()} />
    </SignedInContext>,
  );

it("follows the message while its list stays as it was, also past a read that failed", async () => {
  Object.assign(answer, { data: life, error: new Problem(503, "kernel.busy", "too busy") });
  await show();
  expect(document.querySelector("[data-life] [data-state]")?.getAttribute("data-state")).toBe("delivered");
  expect(screen.getByText("2026-11-23 15:03:00")).toBeTruthy();
  expect(screen.queryByText("too busy")).toBeNull();
});

it("says why nothing is known of it", async () => {
  Object.assign(answer, { data: undefined, error: new Problem(503, "kernel.busy", "too busy") });
  await show();
  expect(screen.getByText("too busy")).toBeTruthy();
});
