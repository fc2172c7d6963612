// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Form, Input } from "antd";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Problem } from "@/client/problem";

import { draw } from "./drawn";
import { readDraft } from "./drafts";
import { ServerForm } from "./ServerForm";
import { UploadField } from "./UploadField";
import type { ServerFormOptions } from "./useServerForm";
import type { Send } from "./useUploads";

interface Values {
  name: string;
  rows: string;
}

function form(submit: ServerFormOptions<Values, string>["submit"], more: Partial<ServerFormOptions<Values, string>> = {}) {
  return (
    <ServerForm<Values, string> name="thing" submit={submit} submitText="OK" {...more}>
      <Form.Item name="name" label="Name" rules={[{ required: true, message: "missing" }]}>
        <Input />
      </Form.Item>
      <Form.Item name="rows" label="Rows">
        <Input.TextArea />
      </Form.Item>
    </ServerForm>
  );
}

const draft = { user: "u1", form: "thing" };
const refusal = (field?: string) => new Problem(400, "x.refused", "refused", field, "r-1");
const ok = () => screen.getByRole("button", { name: "OK" });

beforeEach(() => localStorage.clear());
afterEach(cleanup);

describe("ServerForm", () => {
  it.each([
    ["name", "Name", "refused"],
    ["sign_name", "Name", "refused"],
    ["rows[2]", "Rows", "第 3 行：refused"],
  ])("shows the refusal of %s at its field and goes there", async (field, label, text) => {
    await draw(form(() => Promise.reject(refusal(field)), { renamed: { sign_name: "name" } }));
    const user = userEvent.setup();
    await user.type(screen.getByLabelText("Name"), "a{Enter}");
    await waitFor(() => expect(screen.getByLabelText(label).getAttribute("aria-invalid")).toBe("true"));
    expect(await screen.findByText(text)).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText(label)));
  });

  it.each([[undefined], ["other"]])("shows a refusal of %s above, with the request", async (field) => {
    await draw(form(() => Promise.reject(refusal(field))));
    await userEvent.type(screen.getByLabelText("Name"), "a{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("refused");
    expect(screen.getByRole("alert").textContent).toContain("r-1");
  });

  it("sends once at a time, and again after a refusal", async () => {
    let answer: (text: string) => void = () => undefined;
    const submit = vi.fn(() => new Promise<string>((resolve) => (answer = resolve)));
    const onDone = vi.fn();
    await draw(form(submit, { onDone }));
    const user = userEvent.setup();
    await user.click(ok());
    expect(submit).not.toHaveBeenCalled();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Name")));
    await user.type(screen.getByLabelText("Name"), "a{Enter}{Enter}");
    expect(submit).toHaveBeenCalledOnce();
    act(() => answer("done"));
    await waitFor(() => expect(onDone).toHaveBeenCalledWith("done"));
  });

  it("keeps a draft, restores it, and throws it away on demand", async () => {
    await draw(form(() => Promise.resolve("done"), { draft }));
    const user = userEvent.setup();
    await user.type(screen.getByLabelText("Name"), "kept");
    await waitFor(() => expect(readDraft(draft)?.values).toMatchObject({ name: "kept" }));
    cleanup();
    await draw(form(() => Promise.resolve("done"), { draft }));
    expect(screen.getByLabelText("Name")).toHaveProperty("value", "kept");
    await user.click(screen.getByRole("button", { name: "丢弃草稿" }));
    expect(screen.getByLabelText("Name")).toHaveProperty("value", "");
    expect(readDraft(draft)).toBeUndefined();
  });

  it("drops the draft of what was submitted", async () => {
    const onDone = vi.fn();
    await draw(form(() => Promise.resolve("done"), { draft, onDone }));
    await userEvent.type(screen.getByLabelText("Name"), "kept{Enter}");
    await waitFor(() => expect(onDone).toHaveBeenCalled());
    expect(readDraft(draft)).toBeUndefined();
  });

  it("asks before a page with changes is left", async () => {
    const router = await draw(form(() => Promise.resolve("done")));
    const user = userEvent.setup();
    await user.type(screen.getByLabelText("Name"), "a");
    await act(() => router.navigate("/away"));
    await user.click(await screen.findByRole("button", { name: "继续填写" }));
    expect(router.state.location.pathname).toBe("/page");
    await act(() => router.navigate("/away"));
    await user.click(await screen.findByRole("button", { name: "离开" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/away"));
  });

  it("lets a page without changes be left", async () => {
    const router = await draw(form(() => Promise.resolve("done")));
    await act(() => router.navigate("/away"));
    expect(router.state.location.pathname).toBe("/away");
  });

  it("is sent only once its files have arrived", async () => {
    let arrive: (sent: { id: string }) => void = () => undefined;
    const send: Send = () => new Promise((resolve) => (arrive = resolve));
    const submit = vi.fn(() => Promise.resolve("done"));
    const files = (
      <Form.Item name="file" rules={[{ required: true, message: "missing" }]}>
        <UploadField types={[".png"]} maxBytes={9} send={send} />
      </Form.Item>
    );
    await draw(
      <ServerForm name="thing" submit={submit} submitText="OK">
        {files}
      </ServerForm>,
    );
    fireEvent.change(document.querySelector("input[type=file]") as Element, { target: { files: [new File(["x"], "a.png")] } });
    expect((await screen.findByRole("status")).textContent).toBe("文件上传中，传完即可提交");
    expect(ok().hasAttribute("disabled")).toBe(true);
    arrive({ id: "f-1" });
    await waitFor(() => expect(ok().hasAttribute("disabled")).toBe(false));
    await userEvent.click(ok());
    await waitFor(() => expect(submit).toHaveBeenCalledWith({ file: [expect.objectContaining({ id: "f-1" })] }));
  });
});
