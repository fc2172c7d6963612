import { Card, Empty, Skeleton } from "antd";
import { useTranslation } from "react-i18next";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Figure, Figures } from "@/kit/Figures";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readDay, readList, useFilters } from "@/kit/filters";
import { formatCount, formatShare } from "@/kit/format";
import { Page } from "@/kit/Page";
import { COLOURS } from "@/kit/theme";
import { placesOf, valuesOf } from "@/rooms/reports/days";
import { ExportButton } from "@/rooms/reports/ExportButton";
import { useVideoReport, type VideoBy, type VideoCounts, type VideoPoint, type VideoRow } from "@/rooms/reports/queries";
import { Trend } from "@/rooms/reports/Trend";
import { VIDEO_SPLITS } from "@/rooms/reports/words";

const ID_CHARS = 36;
const NAME_CHARS = 100;
const COUNTS = ["tasks", "total", "delivered", "failed", "timed_out"] as const;
const LINES = [
  ["total", COLOURS.waiting],
  ["delivered", COLOURS.good],
  ["failed", COLOURS.bad],
  ["timed_out", COLOURS.unclear],
] as const;

function useColumns(by: VideoBy): DataColumn<VideoRow>[] {
  const { t } = useTranslation();
  const day: DataColumn<VideoRow> = {
    key: "day",
    title: t("reports.day"),
    width: 116,
    isAlways: true,
    sort: "day",
    render: (row) => <span className="nowrap">{row.day}</span>,
  };
  return [
    ...(by === "template" ? [] : [day]),
    {
      key: "template",
      title: t("reports.template"),
      width: 300,
      render: (row) => (
        <>
          {row.tpl_name} <span className="faint mono">{row.tpl_id}</span>
        </>
      ),
    },
    ...COUNTS.map(
      (key): DataColumn<VideoRow> => ({ key, title: t(`reports.videos.${key}`), width: 110, align: "right", sort: key, render: (row) => formatCount(row[key]) }),
    ),
    {
      key: "rate",
      title: t("reports.videos.rate"),
      width: 110,
      align: "right",
      render: (row) => <span title={t("reports.videos.rateHelp")}>{formatShare(row.delivered, row.total)}</span>,
    },
  ];
}

function Sums({ sums }: { sums: VideoCounts }) {
  const { t } = useTranslation();
  const figures: Figure[] = COUNTS.map((key) => ({
    key,
    label: t(`reports.videos.${key}`),
    value: formatCount(sums[key]),
    help: t(`reports.videos.${key}Help`),
  }));
  const rate = { key: "rate", label: t("reports.videos.rate"), value: formatShare(sums.delivered, sums.total), help: t("reports.videos.rateHelp") };
  return <Figures figures={[...figures, rate]} />;
}

/** 智能信息基础版报表: video sends by day, month or template, with a chart. */
export function VideoReport() {
  const { t } = useTranslation();
  const [params] = useFilters();
  const by = readChoices(params, "by", VIDEO_SPLITS)[0] ?? "day";
  const filters: Filter[] = [
    {
      kind: "choices",
      name: "by",
      label: t("reports.sends.by"),
      isSingle: true,
      width: 130,
      choices: VIDEO_SPLITS.map((value) => ({ value, label: t(`reports.videos.by.${value}`) })),
    },
    { kind: "days", label: t("reports.span") },
    { kind: "text", name: "tpl_id", label: t("reports.tplId"), maxLength: ID_CHARS, width: 170 },
    { kind: "text", name: "tpl_name", label: t("reports.tplName"), maxLength: NAME_CHARS },
  ];
  const { offset, limit, sort } = readList(params, ["day", ...COUNTS]);
  const wanted = {
    by,
    tpl_id: params.get("tpl_id") ?? undefined,
    tpl_name: params.get("tpl_name") ?? undefined,
  };
  const { data, error, isPending, refetch } = useVideoReport({ ...wanted, from: readDay(params, "from"), to: readDay(params, "to"), sort, offset, limit });
  const unit = by === "month" ? "month" : "day";
  const places = data === undefined ? [] : placesOf(data.first, data.last, unit);
  const none = { text: t("reports.videos.none"), note: t("reports.videos.noneNote") };
  return (
    <Page
      title={t("reports.videos.menu")}
      note={t("reports.videos.note")}
      crumbs={[{ text: t("menuGroup.reports") }, { text: t("reports.videos.menu") }]}
    >
      <Card>
        <FilterBar name="video-report" filters={filters} />
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
                  <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={none.text} />
                ) : (
                  <Trend
                    title={t(unit === "day" ? "reports.sends.chartDay" : "reports.sends.chartMonth")}
                    places={places}
                    lines={LINES.map(([key, colour]) => ({
                      key,
                      colour,
                      text: t(`reports.videos.${key}`),
                      values: valuesOf<VideoPoint>(places, data.series, ({ day }) => day, (point) => point[key]),
                    }))}
                  />
                )}
              </div>
            </>
          )}
        </Card>
      )}
      <DataTable<VideoRow>
        name="video-report"
        columns={useColumns(by)}
        rowKey={(row) => `${row.day} ${row.tpl_id}`}
        list={{ data, error, isPending, refetch }}
        isFiltered={isFiltered(params, filters)}
        empty={none}
        actions={data !== undefined && <ExportButton kind="video_report" filters={{ ...wanted, first: data.first, last: data.last }} />}
      />
    </Page>
  );
}
