import { Card, Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readList, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { type Alarm, useAlarmPage } from "@/rooms/carriers/queries";
import { useSignedIn } from "@/rooms/identity/session";

type Kind = Alarm["kind"];

const BOOKS: Record<Kind, string> = {
  no_gateway: "channel-down.md",
  channel_down: "channel-down.md",
  backlog_age: "backlog.md",
  unknown_messages: "unknown.md",
  report_silence: "report-silence.md",
  channel_refusing: "channel-refusing.md",
  disk_85: "disk.md",
};
const UNITS = { unknown_messages: "messages", disk_85: "percent", no_gateway: "count", channel_refusing: "count" } as const;
const KINDS = Object.keys(BOOKS) as Kind[];
const VIEWS = ["open", "history"] as const;

function unitOf(kind: Kind): "messages" | "percent" | "count" | "s" {
  return kind in UNITS ? UNITS[kind as keyof typeof UNITS] : "s";
}

/** What an alarm means and what to do: docs/runbooks in short. */
function Runbook({ kind }: { kind: Kind }) {
  const { t } = useTranslation();
  return (
    <div data-runbook={kind} style={{ maxWidth: 820 }}>
      <strong>{t("carriers.alarms.what")}</strong>
      <p>{t(`carriers.alarms.means.${kind}`)}</p>
      <strong>{t("carriers.alarms.todo")}</strong>
      <ol>
        {(["s1", "s2", "s3"] as const).map((step) => (
          <li key={step}>{t(`carriers.alarms.steps.${kind}.${step}`)}</li>
        ))}
      </ol>
      <span className="faint">{t("carriers.alarms.book", { file: `docs/runbooks/${BOOKS[kind]}` })}</span>
    </div>
  );
}

/** 告警: what calls for an operator, and what did. */
export function AlarmList() {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const [params, change] = useFilters();
  const view = readChoices(params, "view", VIEWS)[0] ?? "open";
  const filters: Filter[] = [
    { kind: "choices", name: "kind", label: t("carriers.alarms.kind"), width: 230, choices: KINDS.map((value) => ({ value, label: t(`carriers.alarms.kinds.${value}`) })) },
  ];
  const list = useAlarmPage({
    ...readList(params, ["since", "value", "cleared_at"]),
    history: view === "history",
    kind: readChoices(params, "kind", KINDS),
  });
  const columns: DataColumn<Alarm>[] = [
    {
      key: "kind",
      title: t("carriers.alarms.kind"),
      width: 170,
      isAlways: true,
      render: ({ kind, cleared_at }) => (
        <StateTag state={kind} tone={cleared_at === null ? "bad" : "left"} text={t(`carriers.alarms.kinds.${kind}`)} />
      ),
    },
    {
      key: "subject",
      title: t("carriers.alarms.subject"),
      width: 180,
      isAlways: true,
      render: ({ kind, subject }) =>
        kind === "disk_85" || kind === "no_gateway" ? subject : <Link to="/channels">{subject}</Link>,
    },
    { key: "since", title: t("carriers.alarms.since"), width: 172, sort: "since", render: (one) => <span className="nowrap">{formatTime(one.since, zone)}</span> },
    {
      key: "value",
      title: t("carriers.alarms.value"),
      width: 120,
      align: "right",
      sort: "value",
      render: ({ kind, value }) => t(`carriers.alarms.unit.${unitOf(kind)}`, { total: value }),
    },
    { key: "detail", title: t("carriers.alarms.detail"), width: 320, render: (one) => one.detail },
    {
      key: "cleared",
      title: t("carriers.alarms.cleared"),
      width: 172,
      sort: "cleared_at",
      render: ({ cleared_at }) => <span className="nowrap">{cleared_at === null ? t("carriers.alarms.holds") : formatTime(cleared_at, zone)}</span>,
    },
  ];
  return (
    <Page
      title={t("carriers.alarmsMenu")}
      note={t("carriers.alarms.note")}
      crumbs={[{ text: t("menuGroup.platform") }, { text: t("carriers.alarmsMenu") }]}
    >
      <Segmented
        value={view}
        options={VIEWS.map((value) => ({ value, label: t(`carriers.alarms.${value}`) }))}
        onChange={(value) => change({ view: value })}
        style={{ alignSelf: "flex-start" }}
      />
      <Card>
        <FilterBar name="alarms" filters={filters} />
      </Card>
      <DataTable<Alarm>
        name="alarms"
        columns={columns}
        rowKey={(one) => `${one.kind} ${one.subject} ${one.since}`}
        list={list}
        isFiltered={isFiltered(params, filters)}
        expand={({ kind }) => <Runbook kind={kind} />}
        empty={{ text: t("carriers.alarms.none"), note: t("carriers.alarms.noneNote") }}
      />
    </Page>
  );
}
