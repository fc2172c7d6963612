// @vitest-environment jsdom
import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { Problem } from "@/client/problem";

import { ConfirmAction } from "./ConfirmAction";
import { draw } from "./drawn";

afterEach(cleanup);

function confirm(act: (reason: string) => Promise<unknown>, more: Partial<Parameters<typeof ConfirmAction>[0]> = {}) {
  return <ConfirmAction text="Delete" ask="Delete it?" takes={["2 templates"]} act={act} done="gone" isDanger {...more} />;
}

describe("ConfirmAction", () => {
  it("says what it takes along, acts once it is confirmed, and says so", async () => {
    const act = vi.fn(() => Promise.resolve());
    await draw(confirm(act));
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Delete" }));
    const dialog = screen.getByRole("dialog", { name: "Delete it?" });
    expect(within(dialog).getByText("2 templates")).toBeTruthy();
    expect(act).not.toHaveBeenCalled();
    await user.click(within(dialog).getByRole("button", { name: "Delete" }));
    await screen.findByText("gone");
    expect(act).toHaveBeenCalledOnce();
  });

  it("wants the name and the reason where it is told to", async () => {
    const act = vi.fn(() => Promise.resolve());
    await draw(confirm(act, { typed: "app-1", reason: { label: "Why", isRequired: true } }));
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Delete" }));
    const go = within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" });
    await user.type(screen.getByLabelText("请输入“app-1”以确认"), "app-2");
    await user.click(go);
    expect(await screen.findByText("输入的内容不一致")).toBeTruthy();
    expect(screen.getByText("请填写原因")).toBeTruthy();
    await user.type(screen.getByLabelText("请输入“app-1”以确认"), "{Backspace}1");
    await user.type(screen.getByLabelText("Why"), " it is old ");
    await user.click(go);
    await waitFor(() => expect(act).toHaveBeenCalledWith("it is old"));
  });

  it("stays with the server's refusal, and can be left", async () => {
    await draw(confirm(() => Promise.reject(new Problem(409, "x.used", "still in use", undefined, "r-9"))));
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Delete" }));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" }));
    expect((await screen.findByRole("alert")).textContent).toContain("still in use");
    expect(screen.getByRole("alert").textContent).toContain("r-9");
    await user.click(screen.getByRole("button", { name: "不，返回" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });
});
