// @vitest-environment jsdom
import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Form, Input } from "antd";
import { afterEach, describe, expect, it, vi } from "vitest";

import { Problem } from "@/client/problem";

import { draw } from "./drawn";
import { WizardPage } from "./WizardPage";

interface Values {
  name: string;
  menu: string;
}

afterEach(cleanup);

function wizard(submit: (values: Values) => Promise<unknown>) {
  const item = (name: string) => (
    <Form.Item name={name} label={name} rules={[{ required: true, message: `${name} missing` }]}>
      <Input />
    </Form.Item>
  );
  return (
    <WizardPage<Values>
      name="pub"
      title="New"
      steps={[
        { key: "one", title: "One", fields: ["name"], body: item("name") },
        { key: "two", title: "Two", fields: ["menu"], body: item("menu") },
      ]}
      summary={(values) => <p>{`${values.name} with ${values.menu}`}</p>}
      aside={(values) => <p>{`preview of ${values.name ?? "nothing"}`}</p>}
      submitText="Create"
      submit={submit}
    />
  );
}

const next = () => userEvent.click(screen.getByRole("button", { name: "下一步" }));
const stepTitle = () => screen.getByRole("heading", { level: 2 });

describe("WizardPage", () => {
  it("checks each step, sums up and submits together", async () => {
    const submit = vi.fn(() => Promise.resolve());
    await draw(wizard(submit));
    await next();
    expect(await screen.findByText("name missing")).toBeTruthy();
    expect(stepTitle().textContent).toContain("第 1 步，共 3 步：One");
    await userEvent.type(screen.getByLabelText("name"), "hongyan{Enter}");
    await waitFor(() => expect(stepTitle().textContent).toContain("第 2 步"));
    expect(screen.queryByText("menu missing")).toBeNull();
    expect(document.activeElement).toBe(stepTitle());
    expect(screen.getByText("preview of hongyan")).toBeTruthy();
    await userEvent.type(screen.getByLabelText("menu"), "m");
    await next();
    await screen.findByText("hongyan with m");
    await userEvent.click(screen.getByRole("button", { name: "上一步" }));
    expect(screen.getByLabelText("menu")).toHaveProperty("value", "m");
    await next();
    await userEvent.click(await screen.findByRole("button", { name: "Create" }));
    await waitFor(() => expect(submit).toHaveBeenCalledWith({ name: "hongyan", menu: "m" }));
  });

  it("goes back to the step whose field was refused", async () => {
    await draw(wizard(() => Promise.reject(new Problem(400, "x", "taken", "name"))));
    await userEvent.type(screen.getByLabelText("name"), "a{Enter}");
    await userEvent.type(await screen.findByLabelText("menu"), "m{Enter}");
    await userEvent.click(await screen.findByRole("button", { name: "Create" }));
    expect(await screen.findByText("taken")).toBeTruthy();
    expect(stepTitle().textContent).toContain("One");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("name")));
  });
});
