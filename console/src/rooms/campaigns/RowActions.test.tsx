// @vitest-environment jsdom
import { cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { api } from "@/client/api";
import { draw } from "@/kit/drawn";
import type { SendTask, TaskState } from "@/rooms/campaigns/sendTask";

import { RowActions } from "./RowActions";

const task = (state: TaskState, more: Partial<SendTask> = {}) => ({ task_id: "t-7", name: "双十一", state, source: "hongyan", ...more }) as SendTask;
const shown = () => screen.queryAllByRole("button").map((button) => button.textContent);

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe("the actions of a row", () => {
  it("are those that the task's state allows", async () => {
    await draw(<RowActions task={task("running")} />);
    expect(shown()).toEqual(["暂停", "取消任务", "复制任务"]);
  });

  it("are a copy alone once it is over, and nothing for what the form did not make", async () => {
    await draw(
      <>
        <RowActions task={task("finished")} />
        <RowActions task={task("finished", { source: "aim_batch" })} />
      </>,
    );
    expect(shown()).toEqual(["复制任务"]);
  });

  it("asks before it acts, and tells the back end which task", async () => {
    const asked = vi.spyOn(api, "POST").mockResolvedValue({ data: {}, response: new Response() });
    await draw(<RowActions task={task("paused")} />);
    await userEvent.click(screen.getByRole("button", { name: "恢复发送" }));
    expect(asked).not.toHaveBeenCalled();
    const dialog = await screen.findByRole("dialog");
    expect(dialog.textContent).toContain("恢复发送“双十一”？");
    await userEvent.click(within(dialog).getByRole("button", { name: "恢复发送" }));
    expect(asked).toHaveBeenCalledExactlyOnceWith("/console/api/send-tasks/{task_id}/resume", { params: { path: { task_id: "t-7" } } });
  });

  it("leads to the form, filled with the task", async () => {
    const router = await draw(<RowActions task={task("finished")} />);
    await userEvent.click(screen.getByRole("button", { name: "复制任务" }));
    await screen.findByText("elsewhere");
    expect(`${router.state.location.pathname}${router.state.location.search}`).toBe("/send-tasks/new?copy=t-7");
  });
});
