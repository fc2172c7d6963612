// @vitest-environment jsdom
import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type DataColumn, DataTable } from "./DataTable";
import { draw } from "./drawn";
import { sortedBy, useWholeList } from "./wholeList";

interface Row {
  id: string;
  count: number | null;
}

const ROWS: Row[] = Array.from({ length: 25 }, (_, at) => ({ id: `row-${at}`, count: at === 3 ? null : at }));
const columns: DataColumn<Row>[] = [
  { key: "id", title: "No.", width: 80, render: (row) => row.id },
  { key: "count", title: "Count", width: 80, render: (row) => row.count, sort: "count" },
];

function List({ prefix }: { prefix: string }) {
  const whole = { data: { items: ROWS }, error: null, isPending: false, refetch: () => undefined };
  const list = useWholeList<Row>(whole, { prefix, sorts: { count: (row) => row.count }, keep: (row) => row.id !== "row-24" });
  return <DataTable<Row> name="whole" prefix={prefix} columns={columns} rowKey={(row) => row.id} list={list} />;
}

const shown = () => screen.getAllByText(/^row-/).map((one) => one.textContent);

beforeEach(() => localStorage.clear());
afterEach(cleanup);

describe("useWholeList", () => {
  it("filters, sorts and cuts by its own parameters of the URL", async () => {
    const router = await draw(<List prefix="log_" />, "/page?page=7&sort=other&log_size=10&log_sort=-count");
    expect(shown()).toEqual(["row-23", "row-22", "row-21", "row-20", "row-19", "row-18", "row-17", "row-16", "row-15", "row-14"]);
    expect(screen.getByText("共 24 条")).toBeTruthy();
    await userEvent.click(screen.getByTitle("3"));
    expect(router.state.location.search).toBe("?page=7&sort=other&log_sort=-count&log_page=3&log_size=10");
    expect(shown()).toEqual(["row-2", "row-1", "row-0", "row-3"]);
    await userEvent.click(screen.getByRole("columnheader", { name: /Count/ }));
    expect(router.state.location.search).toBe("?page=7&sort=other&log_size=10");
  });

  it("shows the last page there is when rows went away", async () => {
    await draw(<List prefix="" />, "/page?page=9");
    expect(shown()).toEqual(["row-20", "row-21", "row-22", "row-23"]);
  });
});

describe("sortedBy", () => {
  it("takes numbers in words for numbers, and puts the absent last either way", () => {
    const names = ["b10", null, "b9", "a"];
    expect(sortedBy(names, (name) => name, false, "en")).toEqual(["a", "b9", "b10", null]);
    expect(sortedBy(names, (name) => name, true, "en")).toEqual(["b10", "b9", "a", null]);
  });
});
