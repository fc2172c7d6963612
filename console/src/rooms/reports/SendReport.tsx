import { Card, Empty, Skeleton } from "antd";
import { useTranslation } from "react-i18next";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Figure, Figures } from "@/kit/Figures";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readDay, readList, useFilters } from "@/kit/filters";
import { formatCount, formatShare } from "@/kit/format";
import { Page } from "@/kit/Page";
import { COLOURS } from "@/kit/theme";
import { placesOf, valuesOf } from "@/rooms/reports/days";
import { ExportButton } from "@/rooms/reports/ExportButton";
import { type SendPoint, type SendRow, type SendSums, useSendReport } from "@/rooms/reports/queries";
import { Trend } from "@/rooms/reports/Trend";

const ID_CHARS = 9;
const NAME_CHARS = 100;
const COUNTS = ["submitted", "capable", "sent", "delivered", "resolved"] as const;
type Count = (typeof COUNTS)[number];
/** What a count is a share of. */
const WHOLE = { capable: "submitted", delivered: "sent", resolved: "delivered" } as const satisfies Partial<Record<Count, Count>>;
const RATES = ["capable", "delivered", "resolved"] as const;
const LINES = [
  ["submitted", COLOURS.waiting],
  ["sent", COLOURS.accent],
  ["delivered", COLOURS.good],
  ["resolved", COLOURS.unclear],
] as const satisfies readonly (readonly [Count, string])[];

function useFigures(sums: SendSums): Figure[] {
  const { t } = useTranslation();
  return COUNTS.flatMap((key) => {
    const count: Figure = { key, label: t(`reports.sends.${key}`), value: formatCount(sums[key]), help: t(`reports.sends.${key}Help`) };
    const rate = RATES.find((one) => one === key);
    return rate === undefined
      ? [count]
      : [
          count,
          {
            key: `${key}-rate`,
            label: t(`reports.sends.${rate}Rate`),
            value: formatShare(sums[rate], sums[WHOLE[rate]]),
            help: t(`reports.sends.${rate}RateHelp`),
          },
        ];
  });
}

function useColumns(): DataColumn<SendRow>[] {
  const { t } = useTranslation();
  return [
    { key: "day", title: t("reports.day"), width: 116, isAlways: true, sort: "day", render: (row) => <span className="nowrap">{row.day}</span> },
    {
      key: "template",
      title: t("reports.template"),
      width: 220,
      render: (row) => (
        <>
          {row.tpl_name} <span className="faint mono">{row.tpl_id}</span>
        </>
      ),
    },
    ...COUNTS.map(
      (key): DataColumn<SendRow> => ({
        key,
        title: t(`reports.sends.${key}`),
        width: 118,
        align: "right",
        sort: key,
        render: (row) => formatCount(row[key]),
      }),
    ),
    ...RATES.map(
      (key): DataColumn<SendRow> => ({
        key: `${key}-rate`,
        title: t(`reports.sends.${key}Rate`),
        width: 108,
        align: "right",
        render: (row) => <span title={t(`reports.sends.${key}RateHelp`)}>{formatShare(row[key], row[WHOLE[key]])}</span>,
      }),
    ),
  ];
}

function Sums({ sums }: { sums: SendSums }) {
  return <Figures figures={useFigures(sums)} />;
}

/** 智能信息发送报表: sends by day or month and template, with a chart. */
export function SendReport() {
  const { t } = useTranslation();
  const [params] = useFilters();
  const by = params.get("by") === "month" ? "month" : "day";
  const filters: Filter[] = [
    {
      kind: "choices",
      name: "by",
      label: t("reports.sends.by"),
      isSingle: true,
      width: 120,
      choices: [
        { value: "day", label: t("reports.sends.daily") },
        { value: "month", label: t("reports.sends.monthly") },
      ],
    },
    { kind: "days", label: t("reports.span") },
    { kind: "text", name: "tpl_id", label: t("reports.tplId"), maxLength: ID_CHARS, inputMode: "numeric", width: 130 },
    { kind: "text", name: "tpl_name", label: t("reports.tplName"), maxLength: NAME_CHARS },
  ];
  const { offset, limit, sort } = readList(params, ["day", ...COUNTS]);
  const wanted = {
    from: readDay(params, "from"),
    to: readDay(params, "to"),
    tpl_id: params.get("tpl_id") ?? undefined,
    tpl_name: params.get("tpl_name") ?? undefined,
  };
  const { data, error, isPending, refetch } = useSendReport({ ...wanted, by, sort, offset, limit });
  const places = data === undefined ? [] : placesOf(data.first, data.last, by);
  const lineOf = (key: Count) => valuesOf<SendPoint>(places, data?.series ?? [], ({ day }) => day, (point) => point[key]);
  const exported = {
    report_type: by === "month" ? "2" : undefined,
    first: data?.first,
    last: data?.last,
    tpl_id: wanted.tpl_id,
    tpl_name: wanted.tpl_name,
  };
  return (
    <Page
      title={t("reports.sends.title")}
      note={t("reports.sends.note")}
      crumbs={[{ text: t("menuGroup.reports") }, { text: t("reports.sends.menu") }]}
    >
      <Card>
        <FilterBar name="send-report" filters={filters} />
      </Card>
      {error === null && (
        <Card title={data && t("reports.shown", { first: data.first, last: data.last })} data-sums>
          {data === undefined ? (
            <Skeleton active paragraph={{ rows: 6 }} />
          ) : (
            <>
              <Sums sums={data.sums} />
              <div className="charts">
                {data.series.length === 0 ? (
                  <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("reports.sends.none")} />
                ) : (
                  <Trend
                    title={t(by === "day" ? "reports.sends.chartDay" : "reports.sends.chartMonth")}
                    places={places}
                    lines={LINES.map(([key, colour]) => ({ key, colour, text: t(`reports.sends.${key}`), values: lineOf(key) }))}
                  />
                )}
              </div>
            </>
          )}
        </Card>
      )}
      <DataTable<SendRow>
        name="send-report"
        columns={useColumns()}
        rowKey={(row) => `${row.day} ${row.tpl_id}`}
        list={{ data, error, isPending, refetch }}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("reports.sends.none"), note: t("reports.sends.noneNote") }}
        actions={data !== undefined && <ExportButton kind="send_report" filters={exported} />}
      />
    </Page>
  );
}
