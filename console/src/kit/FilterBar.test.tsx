// @vitest-environment jsdom
import { act, cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import dayjs from "dayjs";
import { afterEach, describe, expect, it } from "vitest";

import { draw } from "./drawn";
import { changeOf, type Filter, FilterBar, isFiltered } from "./FilterBar";

const filters: Filter[] = [
  { kind: "text", name: "name", label: "Name" },
  { kind: "number", name: "parts", label: "Parts" },
  { kind: "choices", name: "state", label: "State", choices: [{ value: "a", label: "A" }] },
  { kind: "days", label: "Days" },
];

afterEach(cleanup);

describe("changeOf", () => {
  it("writes what was filled in", () => {
    const wanted = { name: " x ", parts: 3, state: ["a"], "from-to": [dayjs("2026-11-01"), null] };
    expect(changeOf(filters, wanted)).toEqual({ name: "x", parts: "3", state: ["a"], from: "2026-11-01", to: undefined });
  });
});

describe("FilterBar", () => {
  it("asks with Enter, goes back to the first page, and resets only its own", async () => {
    const router = await draw(<FilterBar name="things" filters={filters} />, "/page?page=3&sort=-at&state=a");
    const user = userEvent.setup();
    await user.type(screen.getByLabelText("Name"), "鸿雁{Enter}");
    expect(router.state.location.search).toBe(`?sort=-at&name=${encodeURIComponent("鸿雁")}&state=a`);
    expect(document.activeElement).toBe(screen.getByLabelText("Name"));
    await user.click(screen.getByRole("button", { name: "重置" }));
    expect(router.state.location.search).toBe("?sort=-at");
    expect(isFiltered(new URLSearchParams(router.state.location.search), filters)).toBe(false);
  });

  it("keeps a choice of the URL whose names have not arrived yet", async () => {
    const late: Filter[] = [
      { kind: "text", name: "name", label: "Name" },
      { kind: "choices", name: "state", label: "State", isSingle: true, choices: [] },
    ];
    const router = await draw(<FilterBar name="things" filters={late} />, "/page?state=a");
    await userEvent.setup().type(screen.getByLabelText("Name"), "x{Enter}");
    expect(new URLSearchParams(router.state.location.search).get("state")).toBe("a");
  });

  it("asks for times of clocks, and refuses a span that breaks the rule at its field", async () => {
    const timed: Filter[] = [
      { kind: "text", name: "name", label: "Name" },
      { kind: "times", label: "Sent", rule: (from, to, wanted) => (to.diff(from, "hour") > 24 && wanted["name"] === "" ? "too long" : undefined) },
    ];
    const long = "from=2026-11-01T08%3A00%3A00&to=2026-11-03T08%3A00%3A01";
    const router = await draw(<FilterBar name="things" filters={timed} />, `/page?page=2&${long}`);
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "查询" }));
    expect(await screen.findByText("too long")).toBeDefined();
    expect(router.state.location.search).toContain("page=2");
    await user.type(screen.getByLabelText("Name"), "x{Enter}");
    expect(router.state.location.search).toBe(`?name=x&${long}`);
  });

  it("fills in what Back asks for", async () => {
    const router = await draw(<FilterBar name="things" filters={filters} />, "/page?name=one&parts=7");
    expect(screen.getByLabelText("Parts")).toHaveProperty("value", "7");
    await act(() => router.navigate("/page?name=two"));
    expect(screen.getByLabelText("Name")).toHaveProperty("value", "two");
    expect(screen.getByLabelText("Parts")).toHaveProperty("value", "");
  });

  it("keeps what is being typed while another list of the page turns its pages", async () => {
    const router = await draw(<FilterBar name="things" filters={filters} />, "/page?state=a");
    const user = userEvent.setup();
    await user.type(screen.getByLabelText("Name"), "half");
    await act(() => router.navigate("/page?state=a&log_page=2"));
    expect(screen.getByLabelText("Name")).toHaveProperty("value", "half");
    await user.click(screen.getByRole("button", { name: "重置" }));
    expect(router.state.location.search).toBe("");
    expect(screen.getByLabelText("Name")).toHaveProperty("value", "");
    await user.type(screen.getByLabelText("Name"), "half");
    await user.click(screen.getByRole("button", { name: "重置" }));
    expect(screen.getByLabelText("Name")).toHaveProperty("value", "");
  });
});
