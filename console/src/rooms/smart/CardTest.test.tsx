// @vitest-environment jsdom
import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";

import { api } from "@/client/api";
import { draw } from "@/kit/drawn";
import { CardTest } from "@/rooms/smart/CardTest";
import type { CardTemplate } from "@/rooms/smart/queries";

const template = { tpl_id: "600000002", tpl_name: "快递通知", vendors: [] } as unknown as CardTemplate;
const sendable = { app_id: "a", app_name: "HUAWEI", signature_id: "s", signature_name: "鸿雁", signature_type: "NOTIFY_TYPE", template_id: "t-1", template_name: "发货" };
const response = new Response();

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it("sends the template with a chosen text to own numbers, values beginning with the examples", async () => {
  vi.spyOn(api, "GET").mockImplementation(((path: string) => {
    const data = path === "/console/api/sms/sendable" ? { items: [sendable] } : { columns: [{ name: "param1", example: "王女士" }] };
    return Promise.resolve({ data, response });
  }) as never);
  const posted = vi.spyOn(api, "POST").mockResolvedValue({ data: { task_id: "task-9" }, response });
  await draw(<CardTest template={template} />);
  await userEvent.click(screen.getByRole("button", { name: "测试发送" }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.click(within(dialog).getByRole("combobox", { name: /短消息模板/ }));
  await userEvent.click(await screen.findByText("【鸿雁】发货"));
  await userEvent.click(await within(dialog).findByLabelText(/手机号码/));
  await userEvent.paste("13800138000");
  await userEvent.click(within(dialog).getByRole("button", { name: "发送测试" }));
  const [path, { body }] = posted.mock.calls[0] as unknown as [string, { body: Record<string, unknown> }];
  expect(path).toBe("/console/api/send-tests");
  expect(body).toMatchObject({ card_template_id: "600000002", sms_template_id: "t-1", rows: [{ phone: "13800138000", values: ["王女士"] }] });
  // then it says where to look
  const shown = await within(dialog).findByRole("link", { name: "查看结果" });
  expect(shown.getAttribute("href")).toBe("/send-tasks/task-9");
}, 30_000);

it("keeps the numbers where another text is chosen, and sends once where an answer was lost", async () => {
  const texts = [sendable, { ...sendable, template_id: "t-2", template_name: "到货" }];
  vi.spyOn(api, "GET").mockImplementation(((path: string) => {
    const data = path === "/console/api/sms/sendable" ? { items: texts } : { columns: [] };
    return Promise.resolve({ data, response });
  }) as never);
  const posted = vi.spyOn(api, "POST").mockRejectedValue(new TypeError("lost"));
  await draw(<CardTest template={template} />);
  await userEvent.click(screen.getByRole("button", { name: "测试发送" }));
  const dialog = await screen.findByRole("dialog");
  for (const name of ["【鸿雁】发货", "【鸿雁】到货"]) {
    await userEvent.click(within(dialog).getByRole("combobox", { name: /短消息模板/ }));
    await userEvent.click(await screen.findByText(name, { selector: ".ant-select-item-option-content" }));
    const phone = await within(dialog).findByLabelText<HTMLInputElement>(/手机号码/);
    if (phone.value === "") {
      await userEvent.click(phone);
      await userEvent.paste("13800138000");
    }
  }
  expect(within(dialog).getByLabelText<HTMLInputElement>(/手机号码/).value).toBe("13800138000");
  const send = () => within(dialog).getByRole("button", { name: "发送测试" });
  await userEvent.click(send());
  await waitFor(() => expect(within(dialog).getAllByRole("alert").length).toBeGreaterThan(0), { timeout: 10_000 });
  await waitFor(() => expect(send().className).not.toContain("loading"));
  await userEvent.click(send());
  await waitFor(() => expect(posted).toHaveBeenCalledTimes(2));
  const calls = posted.mock.calls as unknown as [string, { headers: Record<string, string> }][];
  const keys = calls.map(([, { headers }]) => headers["Idempotency-Key"]);
  expect(keys[0]).toBe(keys[1]);
}, 30_000);
