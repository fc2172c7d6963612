import { PlusOutlined } from "@ant-design/icons";
import { Button, Card, Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readDay, readList, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { startOfDay } from "@/kit/zones";
import { may, useSignedIn } from "@/rooms/identity/session";
import { ApprovalTag } from "@/rooms/service_accounts/ApprovalTag";
import { AccountActions } from "@/rooms/service_accounts/AccountActions";
import { PartTable } from "@/rooms/service_accounts/PartTable";
import { FilingNotice } from "@/rooms/service_accounts/Preconditions";
import { type Account, pictureUrl, useAccounts, useGuide } from "@/rooms/service_accounts/queries";
import { APPROVALS, INDUSTRIES, industryKey, STATE_TONES, STATES } from "@/rooms/service_accounts/words";

const TABS = ["accounts", "menus", "portals"] as const;
type Tab = (typeof TABS)[number];

function useColumns(): DataColumn<Account>[] {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const time = (iso: string | null) => <span className="nowrap">{formatTime(iso, zone)}</span>;
  return [
    {
      key: "name",
      title: t("service_accounts.account.name"),
      width: 200,
      isAlways: true,
      sort: "name",
      render: (row) => (
        <span style={{ display: "inline-flex", alignItems: "center", gap: 8 }}>
          <img loading="lazy" src={pictureUrl(session.tenant?.id ?? "", row.logo_img)} alt="" width={28} height={28} style={{ borderRadius: 6 }} />
          <Link to={`/service-accounts/${row.pub_id}`}>{row.name}</Link>
        </span>
      ),
    },
    { key: "remark", title: t("service_accounts.account.remark"), width: 130, render: (row) => (row.remark === "" ? "–" : row.remark) },
    { key: "industry", title: t("service_accounts.account.industry"), width: 110, render: (row) => t(`service_accounts.industry.${industryKey(row.industry)}`) },
    {
      key: "state",
      title: t("service_accounts.state"),
      width: 100,
      render: ({ state }) => <StateTag state={state} tone={STATE_TONES[state]} text={t(`service_accounts.stateName.${state}`)} />,
    },
    {
      key: "approval",
      title: t("service_accounts.approval"),
      width: 100,
      render: (row) => <ApprovalTag of={row} />,
    },
    { key: "online", title: t("service_accounts.online"), width: 172, sort: "online_at", render: (row) => time(row.online_at) },
    { key: "changed", title: t("service_accounts.changed"), width: 172, render: (row) => time(row.changed_at) },
    { key: "created", title: t("service_accounts.created"), width: 172, sort: "created_at", isHiddenAtFirst: true, render: (row) => time(row.created_at) },
    {
      key: "actions",
      title: t("list.actions"),
      width: 200,
      isAlways: true,
      render: (row) => (
        <>
          <Link to={`/service-accounts/${row.pub_id}`}>{t("service_accounts.details")}</Link> <AccountActions account={row} type="link" />
        </>
      ),
    },
  ];
}

function useFiltersOf(tab: Tab): Filter[] {
  const { t } = useTranslation();
  const state: Filter = {
    kind: "choices",
    name: "state",
    isSingle: true,
    width: 130,
    label: t("service_accounts.state"),
    choices: STATES.map((value) => ({ value, label: t(`service_accounts.stateName.${value}`) })),
  };
  const name: Filter = { kind: "text", name: "name", label: t("service_accounts.account.name"), maxLength: 15 };
  const days: Filter = { kind: "days", label: t("service_accounts.online") };
  if (tab !== "accounts") {
    return tab === "menus" ? [name, { kind: "text", name: "title", label: t("service_accounts.menu.name"), maxLength: 24 }, state, days] : [name, state, days];
  }
  return [
    name,
    state,
    {
      kind: "choices",
      name: "approval",
      isSingle: true,
      width: 130,
      label: t("service_accounts.approval"),
      choices: APPROVALS.map((value) => ({ value, label: t(`service_accounts.approvalName.${value}`) })),
    },
    {
      kind: "choices",
      name: "industry",
      isSingle: true,
      label: t("service_accounts.account.industry"),
      choices: INDUSTRIES.map((value) => ({ value, label: t(`service_accounts.industry.${value}`) })),
    },
    days,
  ];
}

function AccountTable({ filters }: { filters: readonly Filter[] }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const [params] = useFilters();
  const from = readDay(params, "from");
  const to = readDay(params, "to");
  const industry = readChoices(params, "industry", INDUSTRIES)[0];
  const list = useAccounts({
    ...readList(params, ["name", "online_at", "created_at"]),
    name: params.get("name") ?? undefined,
    state: readChoices(params, "state", STATES)[0],
    approval: readChoices(params, "approval", APPROVALS)[0],
    industry: industry === undefined ? undefined : Number(industry),
    begin: from === undefined ? undefined : startOfDay(from, zone),
    end: to === undefined ? undefined : startOfDay(to, zone, 1),
  });
  return (
    <DataTable<Account>
      name="service-accounts"
      columns={useColumns()}
      rowKey={(row) => row.pub_id}
      list={list}
      isFiltered={isFiltered(params, filters)}
      empty={{ text: t("service_accounts.account.none"), note: t("service_accounts.account.noneNote") }}
    />
  );
}

/** 服务号资料管理: 服务号, 菜单, 主页. */
export function AccountList() {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const navigate = useNavigate();
  const { data: guide } = useGuide();
  const [params, change] = useFilters();
  const tab = readChoices(params, "tab", TABS)[0] ?? "accounts";
  const filters = useFiltersOf(tab);
  const add = may(session, "kooMessage:aimSaPub:create") && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} disabled={guide?.is_filed !== true} onClick={() => void navigate("/service-accounts/new")}>
      {t("service_accounts.account.add")}
    </Button>
  );
  return (
    <Page
      title={t("service_accounts.account.menu")}
      note={t("service_accounts.account.note")}
      crumbs={[{ text: t("menuGroup.serviceAccounts") }, { text: t("service_accounts.account.menu") }]}
      actions={add}
    >
      <FilingNotice />
      <Card styles={{ body: { paddingTop: 4 } }}>
        <Tabs
          activeKey={tab}
          items={TABS.map((key) => ({ key, label: t(`service_accounts.tab.${key}`) }))}
          onChange={(key) => change({ tab: key === "accounts" ? "" : key, name: "", title: "", state: "", approval: "", industry: "", from: "", to: "" })}
        />
        <FilterBar key={tab} name={`service-${tab}`} filters={filters} />
      </Card>
      {tab === "accounts" ? <AccountTable filters={filters} /> : <PartTable key={tab} kind={tab} filters={filters} />}
    </Page>
  );
}
