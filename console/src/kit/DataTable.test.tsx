// @vitest-environment jsdom
import { act, cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { api } from "@/client/api";
import { Problem } from "@/client/problem";

import { type DataColumn, DataTable } from "./DataTable";
import { draw } from "./drawn";
import { COUNTED_ROWS, type ListResult } from "./listResult";
import { MAX_ROWS } from "./SaveRows";

interface Row {
  id: string;
  name: string;
}

const columns: DataColumn<Row>[] = [
  { key: "id", title: "No.", width: 80, render: (row) => row.id, isAlways: true },
  { key: "name", title: "Title", width: 200, render: (row) => row.name, sort: "name" },
];
const rows = (...names: string[]) => ({ items: names.map((name, at) => ({ id: String(at), name })), total: 45 });

function table(list: Partial<ListResult<Row>>, more: { isFiltered?: boolean } = {}) {
  const whole = { data: undefined, error: null, isPending: false, refetch: () => undefined, ...list };
  return <DataTable<Row> name="rows" columns={columns} rowKey={(row) => row.id} list={whole} empty={{ text: "never any" }} exportUrl="/rows.csv" {...more} />;
}

const post = vi.spyOn(api, "POST");

beforeEach(() => {
  localStorage.clear();
  post.mockReset().mockResolvedValue({ response: new Response() });
});
afterEach(cleanup);

describe("DataTable", () => {
  it("keeps page and sort in the URL", async () => {
    const router = await draw(table({ data: rows("one") }), "/page?name=x");
    const user = userEvent.setup();
    expect(screen.getByText("共 45 条")).toBeTruthy();
    await user.click(screen.getByTitle("3"));
    expect(router.state.location.search).toBe("?name=x&page=3&size=20");
    await user.click(screen.getByRole("columnheader", { name: /Title/ }));
    expect(router.state.location.search).toBe("?name=x&size=20&sort=name");
    await user.click(screen.getByRole("columnheader", { name: /Title/ }));
    expect(router.state.location.search).toBe("?name=x&size=20&sort=-name");
    await user.click(screen.getByRole("columnheader", { name: /Title/ }));
    expect(router.state.location.search).toBe("?name=x&size=20");
  });

  it("remembers which columns were chosen", async () => {
    const user = userEvent.setup();
    await draw(table({ data: rows("one") }));
    await user.click(screen.getByRole("button", { name: "设置列" }));
    expect(screen.getByRole("checkbox", { name: "No." })).toHaveProperty("disabled", true);
    await user.click(screen.getByRole("checkbox", { name: "Title" }));
    expect(screen.queryByRole("columnheader", { name: /Title/ })).toBeNull();
    cleanup();
    await draw(table({ data: rows("one") }));
    expect(screen.queryByRole("columnheader", { name: /Title/ })).toBeNull();
    expect(screen.getByRole("columnheader", { name: "No." })).toBeTruthy();
  });

  it("tells loading, nothing ever, nothing found and trouble apart", async () => {
    await draw(table({ isPending: true }));
    expect(screen.getByRole("status", { name: "加载中" })).toBeTruthy();
    cleanup();
    await draw(table({ data: { items: [], total: 0 } }));
    expect(screen.getByText("never any")).toBeTruthy();
    cleanup();
    await draw(table({ data: { items: [], total: 0 } }, { isFiltered: true }));
    expect(screen.getByText("没有符合条件的记录")).toBeTruthy();
    cleanup();
    const refetch = vi.fn();
    await draw(table({ error: new Problem(500, "kernel.internal", "broken", undefined, "r-1"), refetch }));
    expect(screen.getByText(/r-1/)).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "重试" }));
    expect(refetch).toHaveBeenCalledOnce();
  });

  it("links its export", async () => {
    await draw(table({ data: rows("one") }));
    expect(within(document.body).getByRole("link", { name: "导出" }).getAttribute("href")).toBe("/rows.csv");
  });

  it("saves every row of the list as its cells say it, page by page", async () => {
    const texts: Blob[] = [];
    URL.createObjectURL = (blob) => `blob:${texts.push(blob as Blob)}`;
    URL.revokeObjectURL = () => undefined;
    const names: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      names.push(this.download);
    });
    const asked: number[] = [];
    const readPage = ({ offset, limit }: { offset: number; limit: number }) => {
      asked.push(offset);
      // One row has moved to the second page meanwhile.
      const from = offset === 0 ? 0 : offset - 1;
      return Promise.resolve({ items: Array.from({ length: Math.min(limit, 150 - from) }, (_, at) => ({ id: String(from + at), name: `=name,${from + at}` })), total: 150 });
    };
    const shown: DataColumn<Row>[] = [...columns, { key: "actions", title: "Do", width: 90, render: () => <button>do</button> }];
    await draw(<DataTable<Row> name="rows" columns={shown} rowKey={({ id }) => id} list={{ data: rows("one"), error: null, isPending: false, refetch: () => undefined, readPage }} />);
    await userEvent.click(screen.getByRole("button", { name: "导出 CSV" }));
    await vi.waitFor(() => expect(names).toEqual(["rows.csv"]));
    expect(asked).toEqual([0, 100]);
    const lines = (await texts[0]?.text())?.replace("\ufeff", "").trimEnd().split("\r\n");
    expect(lines?.slice(0, 2)).toEqual(["No.,Title", `0,"'=name,0"`]);
    expect(new Set(lines).size).toBe(151);
    expect(lines).toHaveLength(151);
    expect(document.querySelector("table[hidden]")).toBeNull();
    // who saved how much of which list is written down
    expect(post.mock.calls).toEqual([["/console/api/audit/saved-lists", { body: { list_name: "rows", page: location.pathname, rows: 150 } }]]);
  });

  it("saves nothing that cannot be written down", async () => {
    const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockClear();
    post.mockResolvedValue({ error: { code: "kernel.busy", title: "no log" }, response: new Response(null, { status: 503 }) });
    const readPage = () => Promise.resolve({ items: [{ id: "0", name: "x" }], total: 1 });
    await draw(<DataTable<Row> name="rows" columns={columns} rowKey={({ id }) => id} list={{ data: rows("one"), error: null, isPending: false, refetch: () => undefined, readPage }} />);
    await userEvent.click(screen.getByRole("button", { name: "导出 CSV" }));
    expect(await screen.findByText("no log")).toBeTruthy();
    expect(click).not.toHaveBeenCalled();
  });

  it("says that a file has only the first rows, and why there is none", async () => {
    URL.createObjectURL = () => "blob:x";
    URL.revokeObjectURL = () => undefined;
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    const whole = { data: rows("one"), error: null, isPending: false, refetch: () => undefined };
    const readPage = vi.fn(({ offset }: { offset: number }) => Promise.resolve({ items: [{ id: String(offset), name: "x" }], total: MAX_ROWS + 2 }));
    await draw(<DataTable<Row> name="rows" columns={columns} rowKey={({ id }) => id} list={{ ...whole, readPage }} />);
    await userEvent.click(screen.getByRole("button", { name: "导出 CSV" }));
    expect(await screen.findByText(/前 10,000 条（共 10,002 条）/)).toBeTruthy();
    expect(readPage).toHaveBeenCalledTimes(MAX_ROWS / 100);
    cleanup();
    await draw(<DataTable<Row> name="rows" columns={columns} rowKey={({ id }) => id} list={{ ...whole, readPage: () => Promise.reject(new Problem(503, "kernel.busy", "too busy")) }} />);
    await userEvent.click(screen.getByRole("button", { name: "导出 CSV" }));
    expect(await screen.findByText("too busy")).toBeTruthy();
  });

  it("claims no count where nobody counted further", async () => {
    const whole = { error: null, isPending: false, refetch: () => undefined, data: { items: rows("one").items, total: COUNTED_ROWS } };
    const readPage = () => Promise.resolve({ items: [{ id: "0", name: "x" }], total: COUNTED_ROWS });
    await draw(<DataTable<Row> name="rows" columns={columns} rowKey={({ id }) => id} list={{ ...whole, readPage }} />);
    expect(screen.getByText("超过 10,000 条")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "导出 CSV" }));
    expect(await screen.findByText(/前 10,000 条，其余/)).toBeTruthy();
    expect(screen.queryByText(/10,?001/)).toBeNull();
  });

  it("keeps a file's columns while it is made, and saves no half of it for who left", async () => {
    const texts: Blob[] = [];
    URL.createObjectURL = (blob) => `blob:${texts.push(blob as Blob)}`;
    URL.revokeObjectURL = () => undefined;
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    const whole = { data: rows("one"), error: null, isPending: false, refetch: () => undefined };
    const answers: (() => void)[] = [];
    const readPage = ({ offset, limit }: { offset: number; limit: number }) =>
      new Promise<{ items: Row[]; total: number }>((resolve) => {
        answers.push(() => resolve({ items: Array.from({ length: limit }, (_, at) => ({ id: String(offset + at), name: `name ${offset + at}` })), total: 200 }));
      });
    const user = userEvent.setup();
    const router = await draw(<DataTable<Row> name="rows" columns={columns} rowKey={({ id }) => id} list={{ ...whole, readPage }} />);
    const answer = async (count: number) => {
      await vi.waitFor(() => expect(answers).toHaveLength(count));
      await act(() => Promise.resolve(answers[count - 1]?.()));
    };
    await user.click(screen.getByRole("button", { name: "导出 CSV" }));
    await answer(1);
    await user.click(screen.getByRole("button", { name: "设置列" }));
    await user.click(screen.getByRole("checkbox", { name: "Title" }));
    await answer(2);
    await vi.waitFor(() => expect(texts).toHaveLength(1));
    const lines = (await texts[0]?.text())?.trimEnd().split("\r\n") ?? [];
    expect([lines.length, lines[1], lines[200]]).toEqual([201, "0,name 0", "199,name 199"]);
    await user.click(screen.getByRole("button", { name: "导出 CSV" }));
    await answer(3);
    await vi.waitFor(() => expect(answers).toHaveLength(4));
    await act(() => router.navigate("/elsewhere"));
    await answer(4);
    expect(texts).toHaveLength(1);
  });
});
