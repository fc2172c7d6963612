import { PlusOutlined } from "@ant-design/icons";
import { Button, Card, Space, Tabs, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readDay, readList, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { startOfDay } from "@/kit/zones";
import { may, useSignedIn } from "@/rooms/identity/session";
import { BindDrawer, CreatePort } from "@/rooms/service_accounts/PortDrawers";
import { FilingNotice } from "@/rooms/service_accounts/Preconditions";
import { acts, type Binding, type ChannelNumber, useAct, useBindings, useGuide, usePorts } from "@/rooms/service_accounts/queries";
import { PORT_TYPES } from "@/rooms/service_accounts/words";

const TYPES = ["1", "3", "5"] as const;
const BOUND = ["yes", "no"] as const;

/** What both lists are asked in the same way. */
function useQueryOf() {
  const { zone } = useSignedIn();
  const [params] = useFilters();
  const from = readDay(params, "from");
  const to = readDay(params, "to");
  const type = readChoices(params, "type", TYPES)[0];
  return {
    ...readList(params, ["port", "created_at"]),
    port: params.get("port") ?? undefined,
    sign: params.get("sign") ?? undefined,
    port_type: PORT_TYPES.find((one) => String(one) === type),
    begin: from === undefined ? undefined : startOfDay(from, zone),
    end: to === undefined ? undefined : startOfDay(to, zone, 1),
  };
}

function Signs({ signs }: { signs: readonly string[] }) {
  return (
    <Space size={4} wrap>
      {signs.map((sign) => (
        <Tag key={sign}>{sign}</Tag>
      ))}
    </Space>
  );
}

function PortTable({ filters, bind }: { filters: readonly Filter[]; bind: (port: ChannelNumber) => void }) {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const [params] = useFilters();
  const act = useAct();
  const bound = readChoices(params, "bound", BOUND)[0];
  const list = usePorts({ ...useQueryOf(), is_bound: bound === undefined ? undefined : bound === "yes" });
  const columns: DataColumn<ChannelNumber>[] = [
    { key: "port", title: t("service_accounts.port.number"), width: 190, isAlways: true, sort: "port", render: (row) => <span className="mono">{row.port}</span> },
    { key: "type", title: t("service_accounts.port.type"), width: 110, render: (row) => t(`service_accounts.port.typeName.${row.port_type}`) },
    { key: "sign", title: t("service_accounts.port.sign"), width: 220, render: (row) => <Signs signs={row.sign} /> },
    { key: "check", title: t("service_accounts.port.check"), width: 110, render: (row) => t(row.sign_check ? "service_accounts.yes" : "service_accounts.no") },
    {
      key: "accounts",
      title: t("service_accounts.port.accounts"),
      width: 190,
      render: ({ accounts }) => (accounts.length === 0 ? <span className="faint">{t("service_accounts.port.unbound")}</span> : accounts.join(t("service_accounts.comma"))),
    },
    { key: "created", title: t("service_accounts.created"), width: 172, sort: "created_at", render: (row) => <span className="nowrap">{formatTime(row.created_at, zone)}</span> },
    {
      key: "actions",
      title: t("list.actions"),
      width: 140,
      isAlways: true,
      render: (row) => (
        <Space size={0} wrap>
          {may(session, "kooMessage:aimSaPort:create") && (
            <Button type="link" size="small" onClick={() => bind(row)}>
              {t("service_accounts.port.bind")}
            </Button>
          )}
          {may(session, "kooMessage:aimSaPort:delete") && (
            <ConfirmAction
              type="link"
              size="small"
              isDanger
              isDisabled={row.accounts.length > 0}
              title={row.accounts.length > 0 ? t("service_accounts.port.deleteBound") : undefined}
              text={t("service_accounts.delete")}
              ask={t("service_accounts.port.deleteAsk", { port: row.port })}
              consequence={t("service_accounts.port.deleteText")}
              act={() => act(() => acts.deletePort(row.port_id))}
              done={t("service_accounts.port.deleted")}
            />
          )}
        </Space>
      ),
    },
  ];
  return (
    <DataTable<ChannelNumber>
      name="channel-numbers"
      columns={columns}
      rowKey={(row) => row.port_id}
      list={list}
      isFiltered={isFiltered(params, filters)}
      empty={{ text: t("service_accounts.port.none"), note: t("service_accounts.port.noneNote") }}
    />
  );
}

function BindingTable({ filters }: { filters: readonly Filter[] }) {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const [params] = useFilters();
  const act = useAct();
  const list = useBindings({ ...useQueryOf(), pub_name: params.get("account") ?? undefined });
  const columns: DataColumn<Binding>[] = [
    { key: "port", title: t("service_accounts.port.number"), width: 190, isAlways: true, sort: "port", render: (row) => <span className="mono">{row.port}</span> },
    { key: "type", title: t("service_accounts.port.type"), width: 110, render: (row) => t(`service_accounts.port.typeName.${row.port_type}`) },
    { key: "account", title: t("service_accounts.account.name"), width: 160, render: (row) => <Link to={`/service-accounts/${row.pub_id}`}>{row.pub_name}</Link> },
    { key: "sign", title: t("service_accounts.port.sign"), width: 200, render: (row) => <Signs signs={row.sign} /> },
    { key: "areas", title: t("service_accounts.areas"), width: 200, render: (row) => row.province.join(t("service_accounts.comma")) },
    { key: "how", title: t("service_accounts.port.how"), width: 100, render: (row) => t(row.is_auto ? "service_accounts.port.byItself" : "service_accounts.port.byHand") },
    { key: "created", title: t("service_accounts.port.boundAt"), width: 172, sort: "created_at", render: (row) => <span className="nowrap">{formatTime(row.created_at, zone)}</span> },
    {
      key: "actions",
      title: t("list.actions"),
      width: 90,
      isAlways: true,
      render: (row) =>
        may(session, "kooMessage:aimSaPort:delete") && (
          <ConfirmAction
            type="link"
            size="small"
            isDanger
            text={t("service_accounts.port.unbind")}
            ask={t("service_accounts.port.unbindAsk", { port: row.port, name: row.pub_name })}
            consequence={t("service_accounts.port.unbindText")}
            takes={row.sign}
            act={() => act(() => acts.unbind(row.binding_id))}
            done={t("service_accounts.port.unboundDone")}
          />
        ),
    },
  ];
  return (
    <DataTable<Binding>
      name="bindings"
      columns={columns}
      rowKey={(row) => row.binding_id}
      list={list}
      isFiltered={isFiltered(params, filters)}
      empty={{ text: t("service_accounts.port.noBindings"), note: t("service_accounts.port.noBindingsNote") }}
    />
  );
}

/** 通道号管理: 通道号列表 and 绑定列表. */
export function PortPage() {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const { data: guide } = useGuide();
  const [params, change] = useFilters();
  const [isCreating, setCreating] = useState(false);
  const [binding, setBinding] = useState<ChannelNumber | null>(null);
  const isBindings = params.get("tab") === "bindings";
  const filters: Filter[] = [
    { kind: "text", name: "port", label: t("service_accounts.port.number"), maxLength: 21, inputMode: "numeric" },
    {
      kind: "choices",
      name: "type",
      isSingle: true,
      width: 130,
      label: t("service_accounts.port.type"),
      choices: PORT_TYPES.map((value) => ({ value: String(value), label: t(`service_accounts.port.typeName.${value}`) })),
    },
    { kind: "text", name: "sign", label: t("service_accounts.port.sign"), maxLength: 18 },
    isBindings
      ? { kind: "text", name: "account", label: t("service_accounts.account.name"), maxLength: 15 }
      : {
          kind: "choices",
          name: "bound",
          isSingle: true,
          width: 120,
          label: t("service_accounts.port.isBound"),
          choices: BOUND.map((value) => ({ value, label: t(`service_accounts.port.boundName.${value}`) })),
        },
    { kind: "days", label: t(isBindings ? "service_accounts.port.boundAt" : "service_accounts.created") },
  ];
  const add = may(session, "kooMessage:aimSaPort:create") && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} disabled={guide?.is_filed !== true} onClick={() => setCreating(true)}>
      {t("service_accounts.port.add")}
    </Button>
  );
  return (
    <Page title={t("service_accounts.port.menu")} note={t("service_accounts.port.note")} crumbs={[{ text: t("menuGroup.serviceAccounts") }, { text: t("service_accounts.port.menu") }]} actions={add}>
      <FilingNotice />
      <Card styles={{ body: { paddingTop: 4 } }}>
        <Tabs
          activeKey={isBindings ? "bindings" : "ports"}
          items={[
            { key: "ports", label: t("service_accounts.port.list") },
            { key: "bindings", label: t("service_accounts.port.bindings") },
          ]}
          onChange={(tab) => change({ tab: tab === "bindings" ? tab : "", port: "", type: "", sign: "", bound: "", account: "", from: "", to: "" })}
        />
        <FilterBar key={isBindings ? "bindings" : "ports"} name="channel-numbers-filter" filters={filters} />
      </Card>
      {isBindings ? <BindingTable filters={filters} /> : <PortTable filters={filters} bind={setBinding} />}
      <CreatePort isOpen={isCreating} close={() => setCreating(false)} />
      <BindDrawer port={binding} close={() => setBinding(null)} />
    </Page>
  );
}
