import { Card, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered, namesOf } from "@/kit/FilterBar";
import { readChoices, readDay, readList, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { startOfDay } from "@/kit/zones";
import { useSignedIn } from "@/rooms/identity/session";
import { CardTemplateActions } from "@/rooms/smart/CardTemplateActions";
import { CardTemplateDrawer } from "@/rooms/smart/CardTemplateDrawer";
import { type CardQuery, type CardTemplate, useCardChoices, useCardTemplates } from "@/rooms/smart/queries";
import { VendorTags } from "@/rooms/smart/VendorTags";
import { AUDIT_STATES, AUDIT_TONES, useLayoutName, VENDORS } from "@/rooms/smart/words";
import "@/rooms/smart/smart.css";

const NAME_CHARS = 100;
const ID_CHARS = 9;
const SORTS = ["created_at", "updated_at", "name"];
/** 模板类型. */
const KINDS = ["promotion", "notice"] as const;
/** 解析识别类型: by what phones know that there is a card. */
const MATCHES = ["link", "text", "both"] as const;
const YES_NO = ["yes", "no"] as const;

type Tab = "own" | "public";

function useCardFilters(tab: Tab): Filter[] {
  const { t } = useTranslation();
  const layoutOf = useLayoutName();
  const choices = useCardChoices().data;
  const layouts = (choices?.layouts ?? []).map(({ card_id: value }) => ({ value, label: layoutOf(value) }));
  const scenes = (choices?.scenes ?? []).map((value) => ({ value, label: value }));
  const matches = MATCHES.map((value) => ({ value, label: t(`smart.match.${value}`) }));
  const shared: Filter[] = [
    { kind: "text", name: "name", label: t("smart.name"), maxLength: NAME_CHARS },
    { kind: "text", name: "id", label: t("smart.id"), maxLength: ID_CHARS, inputMode: "numeric", width: 120 },
    { kind: "choices", name: "layout", label: t("smart.layoutName"), choices: layouts },
    { kind: "choices", name: "vendor", label: t("smart.vendor"), choices: VENDORS.map((value) => ({ value, label: t(`campaigns.vendor.${value}`) })) },
    { kind: "choices", name: "kind", isSingle: true, width: 110, label: t("smart.kind"), choices: KINDS.map((value) => ({ value, label: t(`smart.kindOf.${value}`) })) },
    { kind: "choices", name: "match", isSingle: true, width: 130, label: t("smart.matchType"), choices: matches },
    { kind: "choices", name: "scene", isSingle: true, width: 130, label: t(tab === "public" ? "smart.industry" : "smart.scene"), choices: scenes },
  ];
  if (tab === "public") {
    return shared;
  }
  return [
    ...shared,
    { kind: "choices", name: "audit", label: t("smart.audit"), choices: AUDIT_STATES.map((value) => ({ value, label: t(`smart.auditState.${value}`) })) },
    {
      kind: "choices",
      name: "enabled",
      isSingle: true,
      width: 110,
      label: t("smart.state"),
      choices: [
        { value: "yes", label: t("smart.on") },
        { value: "no", label: t("smart.off") },
      ],
    },
    {
      kind: "choices",
      name: "params",
      isSingle: true,
      width: 110,
      label: t("smart.params"),
      choices: [
        { value: "yes", label: t("smart.withParams") },
        { value: "no", label: t("smart.withoutParams") },
      ],
    },
    { kind: "days", label: t("sms.created") },
  ];
}

function useColumns(tab: Tab, open: (tplId: string) => void): DataColumn<CardTemplate>[] {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const layoutOf = useLayoutName();
  const columns: DataColumn<CardTemplate>[] = [
    {
      key: "name",
      title: t("smart.name"),
      width: 180,
      isAlways: true,
      sort: "name",
      render: (row) => (
        <>
          {row.tpl_name}
          <div className="faint mono">{row.tpl_id}</div>
        </>
      ),
    },
    { key: "layout", title: t("smart.layoutName"), width: 110, render: (row) => layoutOf(row.card_id) },
    { key: "scene", title: t(tab === "public" ? "smart.industry" : "smart.scene"), width: 90, render: (row) => (row.scene === "" ? "–" : row.scene) },
    { key: "vendors", title: t("smart.vendors"), width: 210, render: (row) => <VendorTags vendors={row.vendors} /> },
    { key: "params", title: t("smart.paramCount"), width: 90, isHiddenAtFirst: true, render: (row) => row.param_count },
    {
      key: "state",
      title: t("smart.state"),
      width: 90,
      render: ({ is_enabled: isOn, disable_desc: why }) => (
        <StateTag state={isOn ? "enabled" : "disabled"} tone={isOn ? "good" : "left"} text={t(isOn ? "smart.on" : "smart.off")} reason={isOn ? "" : why} />
      ),
    },
  ];
  if (tab === "own") {
    columns.splice(4, 0, {
      key: "audit",
      title: t("smart.audit"),
      width: 100,
      render: ({ audit_state: audit, audit_desc: reason, is_asked_back: isAskedBack }) => (
        <StateTag state={audit} tone={AUDIT_TONES[audit]} text={t(`smart.auditState.${audit}`)} reason={reason} isAskedBack={isAskedBack} />
      ),
    });
    columns.push({
      key: "created",
      title: t("sms.created"),
      width: 172,
      isHiddenAtFirst: true,
      sort: "created_at",
      render: (row) => <span className="nowrap">{formatTime(row.created_at, zone)}</span>,
    });
  }
  columns.push({
    key: "actions",
    title: t("list.actions"),
    width: tab === "own" ? 240 : 250,
    isAlways: true,
    render: (row) => <CardTemplateActions template={row} open={() => open(row.tpl_id)} />,
  });
  return columns;
}

function useWanted(tab: Tab): CardQuery {
  const { zone } = useSignedIn();
  const [params] = useFilters();
  const { offset, limit, sort } = readList(params, SORTS);
  const from = readDay(params, "from");
  const to = readDay(params, "to");
  const is = (name: string) => {
    const [chosen] = readChoices(params, name, YES_NO);
    return chosen === undefined ? undefined : chosen === "yes";
  };
  return {
    is_public: tab === "public",
    offset,
    limit,
    // `readList` lets through nothing else.
    sort: sort as CardQuery["sort"],
    name: params.get("name") ?? undefined,
    tpl_id: params.get("id") ?? undefined,
    scene: params.get("scene") ?? undefined,
    card_id: params.getAll("layout"),
    vendor: readChoices(params, "vendor", VENDORS),
    audit_state: readChoices(params, "audit", AUDIT_STATES),
    is_enabled: is("enabled"),
    has_params: is("params"),
    kind: readChoices(params, "kind", KINDS)[0],
    match: readChoices(params, "match", MATCHES)[0],
    begin: from === undefined ? undefined : startOfDay(from, zone),
    end: to === undefined ? undefined : startOfDay(to, zone, 1),
  };
}

/** 智能信息模板管理: one's own card templates and the public ones. */
export function CardTemplates() {
  const { t } = useTranslation();
  const [params, change] = useFilters();
  const [openId, setOpenId] = useState<string | null>(null);
  const tab: Tab = params.get("tab") === "public" ? "public" : "own";
  const filters = useCardFilters(tab);
  const columns = useColumns(tab, setOpenId);
  const list = useCardTemplates(useWanted(tab));

  function go(next: string): void {
    const cleared = Object.fromEntries(namesOf(filters).map((name) => [name, ""]));
    change({ ...cleared, sort: "", tab: next === "public" ? next : "" });
  }

  return (
    <Page title={t("smart.menu")} note={t("smart.note")} crumbs={[{ text: t("menuGroup.aimConfig") }, { text: t("smart.menu") }]}>
      <Card styles={{ body: { paddingTop: 4 } }}>
        <Tabs
          activeKey={tab}
          items={[
            { key: "own", label: t("smart.own") },
            { key: "public", label: t("smart.public") },
          ]}
          onChange={go}
        />
        <FilterBar key={tab} name="card-templates" filters={filters} />
      </Card>
      <DataTable<CardTemplate>
        name={`card-templates-${tab}`}
        columns={columns}
        rowKey={(row) => row.tpl_id}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t(tab === "own" ? "smart.none" : "smart.nonePublic"), note: t("smart.noneNote") }}
      />
      <CardTemplateDrawer tplId={openId} close={() => setOpenId(null)} />
    </Page>
  );
}
