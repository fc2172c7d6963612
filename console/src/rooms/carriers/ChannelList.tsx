import { PlusOutlined } from "@ant-design/icons";
import { Button, Card } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { Figures } from "@/kit/Figures";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, useFilters } from "@/kit/filters";
import { formatCount, formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { useWholeList } from "@/kit/wholeList";
import { ChannelActions } from "@/rooms/carriers/ChannelActions";
import { CARRIERS, ChannelDrawer } from "@/rooms/carriers/ChannelDrawer";
import { ErrorCodes } from "@/rooms/carriers/ErrorCodes";
import { type Channel, useChannels, useLine } from "@/rooms/carriers/queries";
import { RouteDryRun } from "@/rooms/carriers/RouteDryRun";
import { FLOW_TONES, reasonOf, type ShownState, stateOf, TONES } from "@/rooms/carriers/words";
import { may, useSignedIn } from "@/rooms/identity/session";

const sumOf = (rows: readonly { messages: number }[] | undefined) => (rows ?? []).reduce((sum, row) => sum + row.messages, 0);

const NAME_CHARS = 64;
const STATES = Object.keys(TONES) as ShownState[];

/** 通道管理: how every channel is, and the levers. */
export function ChannelList() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const [params] = useFilters();
  const [open, setOpen] = useState<Channel | "new" | null>(null);
  const channels = useChannels();
  const { data: line } = useLine();
  const items = channels.data?.items ?? [];
  const now = channels.dataUpdatedAt;
  const waitingOf = (id: number) => sumOf(line?.waiting.filter((one) => one.account_id === id));
  const unknownOf = (id: number) => sumOf(line?.unknown.filter((one) => one.account_id === id));
  const sent = items.reduce((sum, { health }) => sum + (health?.sent_per_s ?? 0), 0);
  const mayEdit = may(session, "hongyan:channel:edit");
  const filters: Filter[] = [
    { kind: "text", name: "name", label: t("carriers.name"), maxLength: NAME_CHARS },
    { kind: "choices", name: "state", label: t("carriers.stateColumn"), choices: STATES.map((value) => ({ value, label: t(`carriers.state.${value}`) })) },
    { kind: "choices", name: "carrier", label: t("carriers.carrier"), choices: CARRIERS.map((value) => ({ value, label: t(`carriers.of.${value}`) })) },
  ];
  const name = (params.get("name") ?? "").toLowerCase();
  const states = readChoices(params, "state", STATES);
  const carriers = readChoices(params, "carrier", CARRIERS);
  const list = useWholeList(channels, {
    keep: (one) =>
      one.name.toLowerCase().includes(name) &&
      (states.length === 0 || states.includes(stateOf(one, now))) &&
      (carriers.length === 0 || carriers.includes(one.carrier)),
    sorts: {
      name: (one) => one.name,
      state: (one) => STATES.indexOf(stateOf(one, now)),
      speed: ({ health }) => health?.sent_per_s ?? 0,
      waiting: (one) => waitingOf(one.account_id),
      unknown: (one) => unknownOf(one.account_id),
      priority: (one) => one.priority,
      report: ({ health }) => health?.last_report_at,
    },
  });
  const columns: DataColumn<Channel>[] = [
    {
      key: "name",
      title: t("carriers.name"),
      width: 150,
      isAlways: true,
      sort: "name",
      render: (one) => (
        <>
          <strong>{one.name}</strong>
          <div className="faint">
            {one.protocol} · {t(`carriers.of.${one.carrier}`)}
          </div>
        </>
      ),
    },
    {
      key: "state",
      title: t("carriers.stateColumn"),
      width: 190,
      isAlways: true,
      sort: "state",
      render: (one) => {
        const state = stateOf(one, now);
        const why = state === "disabled" ? "" : reasonOf(t, one);
        return (
          <>
            <StateTag state={state} tone={TONES[state]} text={t(`carriers.state.${state}`)} />
            {one.flow !== "running" && <StateTag state={one.flow} tone={FLOW_TONES[one.flow]} text={t(`carriers.flow.${one.flow}`)} />}
            {why !== "" && <div className="faint">{why}</div>}
          </>
        );
      },
    },
    {
      key: "links",
      title: t("carriers.links"),
      width: 80,
      align: "right",
      render: ({ health, connections }) => (health === null ? `0 / ${connections}` : `${health.links_up} / ${health.links}`),
    },
    {
      key: "window",
      title: t("carriers.windowUse"),
      width: 100,
      align: "right",
      render: ({ health, window_pdus }) => (health === null ? `0 / ${window_pdus}` : `${health.in_flight} / ${health.window}`),
    },
    {
      key: "speed",
      title: t("carriers.speed"),
      width: 150,
      align: "right",
      sort: "speed",
      render: ({ health, rate_per_s }) => {
        const limit = health?.pace_per_s ?? rate_per_s;
        return `${(health?.sent_per_s ?? 0).toFixed(1)} / ${limit === null ? t("carriers.unlimited") : formatCount(limit)}`;
      },
    },
    { key: "waiting", title: t("carriers.waiting"), width: 90, align: "right", sort: "waiting", render: (one) => formatCount(waitingOf(one.account_id)) },
    {
      key: "unknown",
      title: t("carriers.unknown"),
      width: 80,
      align: "right",
      sort: "unknown",
      render: ({ account_id: id }) => {
        const count = unknownOf(id);
        return count === 0 ? formatCount(count) : <Link to={`/unknown-messages?channel=${id}`}>{formatCount(count)}</Link>;
      },
    },
    {
      key: "errors",
      title: t("carriers.errors"),
      width: 190,
      render: ({ health }) => <ErrorCodes errors={health?.errors ?? []} />,
    },
    { key: "priority", title: t("carriers.priority"), width: 80, align: "right", sort: "priority", render: (one) => one.priority },
    { key: "group", title: t("carriers.group"), width: 100, isHiddenAtFirst: true, render: (one) => one.group ?? "–" },
    {
      key: "report",
      title: t("carriers.lastReport"),
      width: 172,
      isHiddenAtFirst: true,
      sort: "report",
      render: ({ health }) => <span className="nowrap">{formatTime(health?.last_report_at, zone)}</span>,
    },
  ];
  if (mayEdit) {
    columns.push({
      key: "actions",
      title: t("list.actions"),
      width: 150,
      isAlways: true,
      render: (one) => <ChannelActions channel={one} waiting={waitingOf(one.account_id)} edit={() => setOpen(one)} />,
    });
  }
  return (
    <Page
      title={t("carriers.menu")}
      note={t("carriers.note")}
      crumbs={[{ text: t("menuGroup.platform") }, { text: t("carriers.menu") }]}
      actions={
        <>
          <Link to="/messages">{t("receipts.message.menu")}</Link>
          {mayEdit && (
            <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setOpen("new")}>
              {t("carriers.add")}
            </Button>
          )}
        </>
      }
    >
      <Card>
        <Figures
          figures={[
            { key: "throughput", label: t("carriers.throughput"), value: t("carriers.throughputNow", { rate: sent.toFixed(1) }) },
            { key: "up", label: t("carriers.state.up"), value: `${items.filter((one) => stateOf(one, now) === "up").length} / ${items.length}` },
            { key: "waiting", label: t("carriers.waiting"), value: formatCount(sumOf(line?.waiting)) },
            { key: "unknown", label: t("carriers.unknown"), value: formatCount(sumOf(line?.unknown)) },
          ]}
        />
      </Card>
      <Card>
        <FilterBar name="channels" filters={filters} />
      </Card>
      <DataTable<Channel>
        name="channels"
        columns={columns}
        rowKey={(one) => one.name}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("carriers.none"), note: t("carriers.noneNote") }}
      />
      <RouteDryRun />
      <ChannelDrawer channel={open} close={() => setOpen(null)} />
    </Page>
  );
}
