import { PlusOutlined } from "@ant-design/icons";
import { Button, Card } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readDay, readList, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { startOfDay } from "@/kit/zones";
import { may, useSignedIn } from "@/rooms/identity/session";
import { ApprovalTag } from "@/rooms/service_accounts/ApprovalTag";
import { FilingNotice } from "@/rooms/service_accounts/Preconditions";
import { useGuide } from "@/rooms/service_accounts/queries";
import { ShortcutActions } from "@/rooms/service_accounts/ShortcutActions";
import { ShortcutDrawer } from "@/rooms/service_accounts/ShortcutDrawer";
import { SIGN_CHARS } from "@/rooms/service_accounts/shortcutForm";
import { type Shortcut, useShortcuts } from "@/rooms/service_accounts/shortcutQueries";
import { APPROVALS, STATE_TONES, STATES } from "@/rooms/service_accounts/words";

function useColumns(open: (id: string) => void): DataColumn<Shortcut>[] {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const comma = t("service_accounts.comma");
  const time = (iso: string | null) => <span className="nowrap">{formatTime(iso, zone)}</span>;
  return [
    {
      key: "sign",
      title: t("service_accounts.shortcut.sign"),
      width: 140,
      isAlways: true,
      sort: "sign",
      render: (row) => (
        <Button type="link" size="small" style={{ padding: 0 }} onClick={() => open(row.shortcut_id)}>
          {row.sign}
        </Button>
      ),
    },
    { key: "keys", title: t("service_accounts.shortcut.keys"), width: 176, render: (row) => row.keys.join(comma) },
    { key: "areas", title: t("service_accounts.areas"), width: 130, render: (row) => row.areas.join(comma) },
    {
      key: "state",
      title: t("service_accounts.state"),
      width: 92,
      render: ({ state }) => <StateTag state={state} tone={STATE_TONES[state]} text={t(`service_accounts.stateName.${state}`)} />,
    },
    { key: "approval", title: t("service_accounts.approval"), width: 92, render: (row) => <ApprovalTag of={row} /> },
    { key: "online", title: t("service_accounts.online"), width: 172, sort: "online_at", render: (row) => time(row.online_at) },
    { key: "created", title: t("service_accounts.created"), width: 172, sort: "created_at", isHiddenAtFirst: true, render: (row) => time(row.created_at) },
    { key: "changed", title: t("service_accounts.changed"), width: 172, isHiddenAtFirst: true, render: (row) => time(row.changed_at) },
    { key: "creator", title: t("service_accounts.creator"), width: 130, isHiddenAtFirst: true, render: (row) => row.creator },
    {
      key: "actions",
      title: t("list.actions"),
      width: 206,
      isAlways: true,
      render: (row) => (
        <>
          <Button type="link" size="small" onClick={() => open(row.shortcut_id)}>
            {t("service_accounts.shortcut.preview")}
          </Button>
          <ShortcutActions shortcut={row} type="link" />
        </>
      ),
    },
  ];
}

function useFilterList(): Filter[] {
  const { t } = useTranslation();
  return [
    { kind: "text", name: "sign", label: t("service_accounts.shortcut.sign"), maxLength: SIGN_CHARS },
    {
      kind: "choices",
      name: "state",
      isSingle: true,
      width: 130,
      label: t("service_accounts.state"),
      choices: STATES.map((value) => ({ value, label: t(`service_accounts.stateName.${value}`) })),
    },
    {
      kind: "choices",
      name: "approval",
      isSingle: true,
      width: 130,
      label: t("service_accounts.approval"),
      choices: APPROVALS.map((value) => ({ value, label: t(`service_accounts.approvalName.${value}`) })),
    },
    { kind: "days", label: t("service_accounts.created") },
  ];
}

/** 短消息快捷键: the scenes. `?scene=` opens one. */
export function ShortcutList() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const navigate = useNavigate();
  const { data: guide } = useGuide();
  const [params] = useFilters();
  const [openId, setOpenId] = useState(params.get("scene"));
  const filters = useFilterList();
  const from = readDay(params, "from");
  const to = readDay(params, "to");
  const list = useShortcuts({
    ...readList(params, ["sign", "online_at", "created_at"]),
    sign: params.get("sign") ?? undefined,
    state: readChoices(params, "state", STATES)[0],
    approval: readChoices(params, "approval", APPROVALS)[0],
    begin: from === undefined ? undefined : startOfDay(from, zone),
    end: to === undefined ? undefined : startOfDay(to, zone, 1),
  });
  const title = t("service_accounts.shortcut.menu");
  const add = may(session, "kooMessage:aimSaPub:create") && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} disabled={guide?.is_filed !== true} onClick={() => void navigate("/shortcuts/new")}>
      {t("service_accounts.shortcut.add")}
    </Button>
  );
  return (
    <Page title={title} note={t("service_accounts.shortcut.note")} crumbs={[{ text: t("menuGroup.serviceAccounts") }, { text: title }]} actions={add}>
      <FilingNotice />
      <Card>
        <FilterBar name="shortcuts-filter" filters={filters} />
      </Card>
      <DataTable<Shortcut>
        name="shortcuts"
        columns={useColumns(setOpenId)}
        rowKey={(row) => row.shortcut_id}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("service_accounts.shortcut.none"), note: t("service_accounts.shortcut.noneNote") }}
      />
      <ShortcutDrawer shortcutId={openId} close={() => setOpenId(null)} />
    </Page>
  );
}
