import { Card, Empty, Skeleton, Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Figure, Figures } from "@/kit/Figures";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readDay, readList, readSort, useFilters } from "@/kit/filters";
import { formatCount } from "@/kit/format";
import { Page } from "@/kit/Page";
import { COLOURS } from "@/kit/theme";
import { placesOf, valuesOf } from "@/rooms/reports/days";
import { ExportButton } from "@/rooms/reports/ExportButton";
import { type TapCounts, type TapItem, type TapPoint, type TapRow, useTapItems, useTapReport } from "@/rooms/reports/queries";
import { Trend } from "@/rooms/reports/Trend";
import { TAP_TARGETS } from "@/rooms/reports/words";

const ID_CHARS = 32;
const NAME_CHARS = 15;
const TABS = ["accounts", "items"] as const;
const UNITS = ["day", "month"] as const;
const COUNTS = ["times", ...TAP_TARGETS] as const;
const SORTS = ["day", ...COUNTS] as const;
const LINES = [
  ["times", COLOURS.waiting],
  ["home", COLOURS.accent],
  ["menu", COLOURS.good],
  ["tel", COLOURS.unclear],
] as const;

type Tab = (typeof TABS)[number];

function useWanted() {
  const [params] = useFilters();
  const { offset, limit } = readList(params);
  const wanted = {
    by: readChoices(params, "by", UNITS)[0] ?? "day",
    pub_id: params.get("pub_id") ?? undefined,
    pub_name: params.get("pub_name") ?? undefined,
  };
  return { params, wanted, query: { ...wanted, from: readDay(params, "from"), to: readDay(params, "to"), offset, limit } };
}

function useFiltersOf(tab: Tab): Filter[] {
  const { t } = useTranslation();
  const target: Filter = {
    kind: "choices",
    name: "target",
    label: t("reports.taps.target"),
    isSingle: true,
    width: 130,
    choices: TAP_TARGETS.map((value) => ({ value, label: t(`reports.taps.targetName.${value}`) })),
  };
  return [
    {
      kind: "choices",
      name: "by",
      label: t("reports.sends.by"),
      isSingle: true,
      width: 130,
      choices: UNITS.map((value) => ({ value, label: t(value === "day" ? "reports.sends.daily" : "reports.sends.monthly") })),
    },
    { kind: "days", label: t("reports.span") },
    { kind: "text", name: "pub_name", label: t("reports.taps.account"), maxLength: NAME_CHARS },
    { kind: "text", name: "pub_id", label: t("reports.taps.accountId"), maxLength: ID_CHARS, width: 170 },
    ...(tab === "items" ? [target] : []),
  ];
}

function useDay<T extends { day: string }>(): DataColumn<T> {
  const { t } = useTranslation();
  return { key: "day", title: t("reports.day"), width: 116, isAlways: true, sort: "day", render: (row) => <span className="nowrap">{row.day}</span> };
}

/** An account, or a scene of shortcut keys, by its name. */
function Named({ of: { pub_id: id, pub_name: name }, isScene }: { of: { pub_id: string; pub_name: string }; isScene: boolean }) {
  return <Link to={isScene ? `/shortcuts?scene=${id}` : `/service-accounts/${id}`}>{name === "" ? id : name}</Link>;
}

function Sums({ sums }: { sums: TapCounts }) {
  const { t } = useTranslation();
  const figures: Figure[] = COUNTS.map((key) => ({
    key,
    label: t(`reports.taps.${key}`),
    value: formatCount(sums[key]),
    help: t(`reports.taps.${key}Help`),
  }));
  return <Figures figures={figures} />;
}

function Accounts({ filters }: { filters: readonly Filter[] }) {
  const { t } = useTranslation();
  const { params, wanted, query } = useWanted();
  const { data, error, isPending, refetch } = useTapReport({ ...query, sort: readSort(params, SORTS) });
  const places = data === undefined ? [] : placesOf(data.first, data.last, wanted.by);
  const none = { text: t("reports.taps.none"), note: t("reports.taps.noneNote") };
  const columns: DataColumn<TapRow>[] = [
    useDay<TapRow>(),
    { key: "account", title: t("reports.taps.account"), width: 170, render: (row) => <Named of={row} isScene={row.shortcut > 0} /> },
    ...COUNTS.map((key): DataColumn<TapRow> => ({ key, title: t(`reports.taps.${key}`), width: 98, align: "right", sort: key, render: (row) => formatCount(row[key]) })),
    {
      key: "actions",
      title: t("list.actions"),
      width: 92,
      isAlways: true,
      render: (row) => {
        const day = wanted.by === "day" ? row.day : `${row.day}-01`;
        const there = new URLSearchParams({ tab: "items", by: wanted.by, pub_id: row.pub_id, from: day, to: day });
        return <Link to={`?${there.toString()}`}>{t("reports.taps.details")}</Link>;
      },
    },
  ];
  return (
    <>
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
                    title={t(wanted.by === "day" ? "reports.sends.chartDay" : "reports.sends.chartMonth")}
                    places={places}
                    lines={LINES.map(([key, colour]) => ({
                      key,
                      colour,
                      text: t(`reports.taps.${key}`),
                      values: valuesOf<TapPoint>(places, data.series, ({ day }) => day, (point) => point[key]),
                    }))}
                  />
                )}
              </div>
            </>
          )}
        </Card>
      )}
      <DataTable<TapRow>
        name="tap-report"
        columns={columns}
        rowKey={(row) => `${row.day} ${row.pub_id}`}
        list={{ data, error, isPending, refetch }}
        isFiltered={isFiltered(params, filters)}
        empty={none}
        actions={data !== undefined && <ExportButton kind="tap_report" filters={{ ...wanted, first: data.first, last: data.last }} />}
      />
    </>
  );
}

function Items({ filters }: { filters: readonly Filter[] }) {
  const { t } = useTranslation();
  const { params, wanted, query } = useWanted();
  const target = readChoices(params, "target", TAP_TARGETS)[0];
  const { data, error, isPending, refetch } = useTapItems({ ...query, target, sort: readSort(params, ["day", "times"]) });
  const columns: DataColumn<TapItem>[] = [
    useDay<TapItem>(),
    { key: "account", title: t("reports.taps.account"), width: 170, render: (row) => <Named of={row} isScene={row.target === "shortcut"} /> },
    { key: "target", title: t("reports.taps.target"), width: 120, render: (row) => t(`reports.taps.targetName.${row.target}`) },
    { key: "item", title: t("reports.taps.item"), width: 260, render: (row) => (row.item === "" ? "–" : row.item) },
    { key: "times", title: t("reports.taps.count"), width: 110, align: "right", sort: "times", render: (row) => formatCount(row.times) },
  ];
  return (
    <DataTable<TapItem>
      name="tap-items"
      columns={columns}
      rowKey={(row) => `${row.day} ${row.pub_id} ${row.target} ${row.item}`}
      list={{ data, error, isPending, refetch }}
      isFiltered={isFiltered(params, filters)}
      empty={{ text: t("reports.taps.none"), note: t("reports.taps.noneNote") }}
      title={data && t("reports.shown", { first: data.first, last: data.last })}
      actions={data !== undefined && <ExportButton kind="tap_items" filters={{ ...wanted, target, first: data.first, last: data.last }} />}
    />
  );
}

/** 智能信息服务号报表: taps on home pages, menus and shortcut keys, by account and by what was tapped. */
export function AccountReport() {
  const { t } = useTranslation();
  const [params, change] = useFilters();
  const tab = readChoices(params, "tab", TABS)[0] ?? "accounts";
  const filters = useFiltersOf(tab);
  return (
    <Page
      title={t("reports.taps.title")}
      note={t("reports.taps.note")}
      crumbs={[{ text: t("menuGroup.reports") }, { text: t("reports.taps.title") }]}
    >
      <Card styles={{ body: { paddingTop: 4 } }}>
        <Tabs
          activeKey={tab}
          items={TABS.map((key) => ({ key, label: t(`reports.taps.tab.${key}`) }))}
          onChange={(key) => change({ tab: key === "accounts" ? "" : key, target: "" })}
        />
        <FilterBar key={tab} name={`tap-${tab}`} filters={filters} />
      </Card>
      {tab === "accounts" ? <Accounts filters={filters} /> : <Items filters={filters} />}
    </Page>
  );
}
