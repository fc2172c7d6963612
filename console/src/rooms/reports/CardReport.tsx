import { Button, Card, Empty, Segmented, Skeleton } from "antd";
import { useTranslation } from "react-i18next";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readDay, readList, useFilters } from "@/kit/filters";
import { Page } from "@/kit/Page";
import { COUNTS, useCountColumns } from "@/rooms/reports/cardColumns";
import { CardDetails, CLOSED } from "@/rooms/reports/CardDetails";
import { CardTrend } from "@/rooms/reports/CardTrend";
import { ExportButton } from "@/rooms/reports/ExportButton";
import { type CardRow, useCardChoices, useCardReport } from "@/rooms/reports/queries";
import { VENDORS } from "@/rooms/reports/words";

const MOST_TEMPLATES = 100;
/** 智能信息模板报表: what handsets did with the cards of each template. */
export function CardReport() {
  const { t } = useTranslation();
  const [params, change] = useFilters();
  const { data: choices } = useCardChoices();
  const chosen = params.getAll("tpl").slice(0, MOST_TEMPLATES);
  const known = choices?.items.map(({ tpl_id: value, name }) => ({ value, label: `${name} ${value}` })) ?? [];
  const others = chosen.filter((id) => !known.some(({ value }) => value === id)).map((id) => ({ value: id, label: id }));
  const filters: Filter[] = [
    { kind: "choices", name: "tpl", label: t("reports.template"), width: 260, choices: [...known, ...others] },
    { kind: "days", label: t("reports.span") },
    {
      kind: "choices",
      name: "vendor",
      label: t("reports.vendor"),
      width: 200,
      choices: VENDORS.map((vendor) => ({ value: vendor, label: t(`reports.vendorName.${vendor}`) })),
    },
  ];
  const { offset, limit, sort } = readList(params, COUNTS);
  const by = params.get("by") === "month" ? "month" : "day";
  const query = {
    from: readDay(params, "from"),
    to: readDay(params, "to"),
    tpl_id: chosen,
    vendor: readChoices(params, "vendor", VENDORS),
  };
  const { data, error, isPending, refetch } = useCardReport({ ...query, sort, offset, limit });
  const columns: DataColumn<CardRow>[] = [
    {
      key: "template",
      title: t("reports.template"),
      width: 240,
      isAlways: true,
      render: (row) => (
        <>
          {row.tpl_name} <span className="faint mono">{row.tpl_id}</span>
        </>
      ),
    },
    ...useCountColumns<CardRow>(),
    {
      key: "actions",
      title: t("list.actions"),
      width: 84,
      isAlways: true,
      render: (row) => (
        <Button type="link" size="small" onClick={() => change({ details: row.tpl_id, page: params.get("page") ?? "" })}>
          {t("reports.cards.details")}
        </Button>
      ),
    },
  ];
  return (
    <Page
      title={t("reports.cards.title")}
      note={t("reports.cards.note")}
      crumbs={[{ text: t("menuGroup.reports") }, { text: t("reports.cards.menu") }]}
    >
      <Card>
        <FilterBar name="card-report" filters={filters} />
        <p className="faint" style={{ margin: "12px 0 0" }}>
          {t("reports.cards.limits", { count: MOST_TEMPLATES })}
        </p>
      </Card>
      {(data !== undefined || error === null) && (
        <Card
          title={data && t("reports.shown", { first: data.first, last: data.last })}
          extra={
            <Segmented
              aria-label={t("reports.sends.by")}
              value={by}
              options={[
                { value: "day", label: t("reports.sends.daily") },
                { value: "month", label: t("reports.sends.monthly") },
              ]}
              onChange={(value) => change({ by: value === "month" ? value : "", page: params.get("page") ?? "" })}
            />
          }
        >
          <div className="charts">
            {data === undefined ? (
              <Skeleton active paragraph={{ rows: 6 }} />
            ) : data.series.length === 0 ? (
              <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("reports.cards.none")} />
            ) : (
              <CardTrend days={data.series} first={data.first} last={data.last} by={by} />
            )}
          </div>
        </Card>
      )}
      <DataTable<CardRow>
        name="card-report"
        columns={columns}
        rowKey={(row) => row.tpl_id}
        list={{ data, error, isPending, refetch }}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("reports.cards.none"), note: t("reports.cards.noneNote") }}
        actions={
          data !== undefined && (
            <ExportButton
              kind="template_report"
              filters={{ tpl_ids: chosen, vendors: query.vendor, first: data.first, last: data.last }}
            />
          )
        }
      />
      <CardDetails
        tplId={params.get("details") ?? undefined}
        query={{ ...query, from: data?.first, to: data?.last }}
        close={() => change({ ...CLOSED, details: "", page: params.get("page") ?? "" })}
      />
    </Page>
  );
}
