import { Card, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/client/problem";
import { type DataColumn, DataTable } from "@/kit/DataTable";
import type { ListResult } from "@/kit/listResult";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readList, useFilters } from "@/kit/filters";
import { formatCount } from "@/kit/format";
import { StateTag } from "@/kit/StateTag";

interface Row {
  id: string;
  count: number;
}

const ROWS: readonly Row[] = Array.from({ length: 57 }, (_, at) => ({ id: `sample-${at + 1}`, count: (at * 7919) % 1000 }));
const SHOWN = ["rows", "loading", "never", "trouble"] as const;
type Shown = (typeof SHOWN)[number];

function pageOf(params: URLSearchParams): { items: Row[]; total: number } {
  const { offset, limit, sort } = readList(params, ["count"]);
  const found = ROWS.filter(({ id }) => id.includes(params.get("id") ?? ""));
  const way = sort === undefined ? 0 : sort === "count" ? 1 : -1;
  return { items: found.sort((one, other) => way * (one.count - other.count)).slice(offset, offset + limit), total: found.length };
}

/** A list in each of its states. */
export function TableSample() {
  const { t } = useTranslation();
  const [params] = useFilters();
  const [shown, setShown] = useState<Shown>("rows");
  const filters: Filter[] = [
    { kind: "text", name: "id", label: t("kit.guide.name") },
    { kind: "choices", name: "state", label: t("kit.guide.state"), choices: [{ value: "good", label: t("kit.guide.good") }] },
    { kind: "number", name: "least", label: t("kit.guide.count"), min: 0 },
    { kind: "days", label: t("kit.guide.days") },
  ];
  const columns: DataColumn<Row>[] = [
    { key: "id", title: t("kit.guide.name"), width: 200, render: ({ id }) => id, isAlways: true },
    { key: "state", title: t("kit.guide.state"), width: 120, render: () => <StateTag state="good" tone="good" text={t("kit.guide.good")} /> },
    { key: "count", title: t("kit.guide.count"), width: 120, align: "right", sort: "count", render: ({ count }) => formatCount(count) },
    { key: "more", title: t("kit.guide.more"), width: 160, isHiddenAtFirst: true, render: ({ id }) => <span className="mono">{id}</span> },
  ];
  const list: ListResult<Row> = {
    data: shown === "rows" ? pageOf(params) : shown === "never" ? { items: [], total: 0 } : undefined,
    error: shown === "trouble" ? new Problem(500, "kit.guide", t("kit.guide.why"), undefined, "r-sample") : null,
    isPending: shown === "loading",
    refetch: () => setShown("rows"),
  };
  return (
    <>
      <Card title={t("kit.guide.table")}>
        <FilterBar name="samples" filters={filters} />
      </Card>
      <DataTable<Row>
        name="samples"
        title={t("kit.guide.rows")}
        columns={columns}
        rowKey={({ id }) => id}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("kit.table.never"), note: t("kit.guide.why") }}
        expand={({ id }) => <span className="mono">{id}</span>}
        actions={<Segmented<Shown> value={shown} onChange={setShown} options={SHOWN.map((value) => ({ value, label: t(`kit.guide.${value}`) }))} />}
      />
    </>
  );
}
