// @vitest-environment jsdom
import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { api } from "@/client/api";
import type { components } from "@/client/schema";
import { draw } from "@/kit/drawn";
import { type Needed, Waiting } from "@/rooms/campaigns/Waiting";
import { type SignedIn, SignedInContext } from "@/rooms/identity/session";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

type Found = components["schemas"]["WaitingView"];

const NOTHING: Found = { task_count: 0, tenant_count: 0, tasks: [], link_task_count: 0, bindings: [], template_count: 0, templates: [] };

async function drawn(found: Partial<Found>, what: Needed = "sms_template", role = "te_admin") {
  const signedIn = { session: { tenant: { id: "t" }, user: { roles: [role] } }, zone: "Asia/Shanghai" } as unknown as SignedIn;
  const asked = vi.spyOn(api, "GET").mockResolvedValue({ data: { ...NOTHING, ...found }, response: new Response() } as never);
  await draw(
    <SignedInContext value={signedIn}>
      <Waiting what={what} ids={["1", "2"]} />
    </SignedInContext>,
  );
  return asked;
}

it("names the tasks that are not over with their states, and counts the others", async () => {
  const asked = await drawn({
    task_count: 7,
    tenant_count: 1,
    tasks: [
      { task_id: "a", name: "周末促销", kind: "send", state: "scheduled" },
      { task_id: "b", name: "新品视频", kind: "video", state: "processing" },
    ],
    link_task_count: 3,
    bindings: ["1069 · 会员", "1070 · 会员"],
  });
  const link = await screen.findByText("周末促销");
  expect(asked).toHaveBeenCalledExactlyOnceWith("/console/api/waiting", { params: { query: { what: "sms_template", id: ["1", "2"] } } });
  expect(link.getAttribute("href")).toBe("/send-tasks/a");
  expect(link.parentElement?.textContent).toContain("定时待发送");
  expect(screen.getByText("新品视频").getAttribute("href")).toBe("/video-tasks/b");
  expect(screen.getByText("另有 5 个")).toBeTruthy();
  expect(screen.getByText("3 个解析任务的短链仍在有效期内")).toBeTruthy();
  expect(screen.getByText("通道号绑定：1069 · 会员、1070 · 会员")).toBeTruthy();
});

it("says so where nothing needs it", async () => {
  await drawn({});
  expect(await screen.findByText("没有未发完的任务、解析任务的有效短链或绑定在使用它。")).toBeTruthy();
});

it("tells the platform's people numbers without names", async () => {
  await drawn({ task_count: 4, tenant_count: 2 });
  expect(await screen.findByText("2 个租户的 4 个未发完的任务")).toBeTruthy();
});

it("says that there are more links than are counted", async () => {
  await drawn({ link_task_count: 1000 });
  expect(await screen.findByText("1000 个以上解析任务的短链仍在有效期内")).toBeTruthy();
});

it.each(["card_template", "link_domain"] as const)("says of a %s that links in messages that are out are not counted", async (what) => {
  await drawn({}, what);
  expect((await screen.findByText(/没有未发完的任务/)).textContent).toContain("已发出信息中仍在有效期内的短链不在统计之列");
});

it("names tasks to who may not open their pages, without a link", async () => {
  const tasks: Found["tasks"] = [{ task_id: "a", name: "周末促销", kind: "send", state: "running" }];
  await drawn({ task_count: 1, tenant_count: 1, tasks }, "sms_template", "developer");
  expect((await screen.findByText(/周末促销/)).closest("a")).toBeNull();
});

it("names the video templates that carry a signature, and says when there are none", async () => {
  await drawn({ template_count: 7, templates: ["夏日新品", "会员日"] }, "video_signature");
  expect(await screen.findByText("使用此签名的视频短信模板 7 个：夏日新品、会员日 …")).toBeTruthy();
  cleanup();
  await drawn({}, "video_signature");
  expect(await screen.findByText("没有视频短信模板使用此签名。")).toBeTruthy();
});
