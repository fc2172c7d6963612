// @vitest-environment jsdom
import { cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { api } from "@/client/api";
import { draw } from "@/kit/drawn";
import type { Shortcut } from "@/rooms/service_accounts/shortcutQueries";

import { ShortcutActions } from "./ShortcutActions";

const session = vi.hoisted(() => ({ permissions: [] as string[] }));
vi.mock("@/rooms/identity/session", () => ({
  useSignedIn: () => ({ session, zone: "Asia/Shanghai" }),
  may: ({ permissions }: typeof session, wanted: string) => permissions.includes(wanted),
}));

const scene = (more: Partial<Shortcut>) =>
  ({ shortcut_id: "s-1", sign: "鸿雁商城", keys: ["查订单", "打客服"], areas: ["全国"], state: "effective", approval: "passed", ...more }) as Shortcut;
const shown = () => screen.queryAllByRole("button").map((button) => button.textContent);

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe("what can be done with shortcut keys", () => {
  it("is nothing for who only reads", async () => {
    session.permissions = ["kooMessage:aimSaPub:list"];
    await draw(<ShortcutActions shortcut={scene({})} />);
    expect(shown()).toEqual([]);
  });

  it.each([
    [scene({}), ["修改", "冻结"]],
    [scene({ state: "frozen" }), ["修改", "解冻"]],
    [scene({ state: "frozen", approval: "reviewing" }), ["修改", "催审"]],
    [scene({ state: "not_effective", approval: "rejected" }), ["修改"]],
    [scene({ state: "expired" }), ["修改"]],
  ])("goes by their state", async (shortcut, wanted) => {
    session.permissions = ["kooMessage:aimSaPub:create"];
    await draw(<ShortcutActions shortcut={shortcut} />);
    expect(shown()).toEqual(wanted);
  });

  it("says what freezing takes along, and wants to know why", async () => {
    session.permissions = ["kooMessage:aimSaPub:create"];
    const asked = vi.spyOn(api, "POST").mockResolvedValue({ data: {}, response: new Response() });
    await draw(<ShortcutActions shortcut={scene({})} />);
    await userEvent.click(screen.getByRole("button", { name: "冻结" }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog.textContent).toContain("快捷键：查订单、打客服");
    expect(dialog.textContent).toContain("地区：全国");
    await userEvent.type(within(dialog).getByLabelText("原因"), "活动结束");
    await userEvent.click(within(dialog).getByRole("button", { name: "冻结" }));
    expect(asked).toHaveBeenCalledExactlyOnceWith("/console/api/shortcuts/{shortcut_id}/freeze", {
      params: { path: { shortcut_id: "s-1" } },
      body: { change_reason: "活动结束" },
    });
  });
});
