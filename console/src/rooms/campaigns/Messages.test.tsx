// @vitest-environment jsdom
import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { draw } from "@/kit/drawn";
import { CarrierCode } from "@/rooms/campaigns/CarrierCode";
import { Messages } from "@/rooms/campaigns/Messages";
import { PhoneNumber } from "@/rooms/campaigns/PhoneNumber";
import type { Message, SendTask } from "@/rooms/campaigns/sendTask";
import { type SignedIn, SignedInContext } from "@/rooms/identity/session";

const message = { message_id: 7, recipient_no: 0, phone_masked: "138****8000", state: "delivered", carrier_code: null, carrier_text: null, text: "您好", parts: 1, link_code: "aB3", submitted_at: null, final_at: null } as Message;
const task = { task_id: "t-1", state: "finished", domain: "l.example" } as SendTask;
const signedIn = { session: { permissions: [], user: { roles: [] } }, zone: "Asia/Shanghai" } as unknown as SignedIn;

vi.mock(import("@/rooms/campaigns/queries"), async (original) => ({
  ...(await original()),
  useMessages: vi.fn(() => ({ data: { items: [message], total: 1 }, error: null, isPending: false, refetch: vi.fn() })) as never,
}));

beforeEach(() => localStorage.clear());
afterEach(cleanup);

it("lets columns of a task's messages be chosen", async () => {
  await draw(
    <SignedInContext value={signedIn}>
      <Messages task={task} params={new URLSearchParams()} change={vi.fn()} />
    </SignedInContext>,
  );
  const user = userEvent.setup();
  expect(screen.getByText("138****8000")).toBeTruthy();
  expect(screen.getByRole("columnheader", { name: "短链" })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "设置列" }));
  await user.click(screen.getByRole("checkbox", { name: "短链" }));
  expect(screen.queryByRole("columnheader", { name: "短链" })).toBeNull();
  expect(screen.getByRole("checkbox", { name: "手机号码" })).toHaveProperty("disabled", true);
});

it("prints what a carrier's code means, for who cannot point at it", async () => {
  await draw(
    <>
      <CarrierCode code="MI:0024" text={{ "zh-CN": "空号", en: "no such number" }} />
      <CarrierCode code="window" text={null} />
      <CarrierCode code="XX:9" text={null} />
      <CarrierCode code={null} text={null} />
    </>,
  );
  expect(document.body.textContent).toContain("MI:0024空号");
  expect(document.body.textContent).toContain("window推广类短信仅在 08:00–22:00 发送，时段开始后自动继续。XX:9–");
});

it("tells who shows a number that the audit log notes it", async () => {
  await draw(
    <SignedInContext value={signedIn}>
      <PhoneNumber taskId="t-1" message={message} mayReveal />
    </SignedInContext>,
  );
  expect(screen.getByRole("button", { name: /查看完整号码.*记入审计日志/ })).toBeTruthy();
});
