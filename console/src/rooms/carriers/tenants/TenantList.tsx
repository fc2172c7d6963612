import { PlusOutlined } from "@ant-design/icons";
import { App, Button, Card, Drawer, Form, Input, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readList, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { ServerForm } from "@/kit/ServerForm";
import { StateTag } from "@/kit/StateTag";
import { acts, type Tenant, useAct, useTenants } from "@/rooms/carriers/tenants/queries";
import { TenantDrawer } from "@/rooms/carriers/tenants/TenantDrawer";
import { may, useSignedIn } from "@/rooms/identity/session";

const STATES = ["active", "suspended"] as const;
/** For what those wait that have no service yet. */
const WAITS = ["real_name", "opening"] as const;

interface Values {
  legal_name: string;
  short_name: string;
  credit_code: string;
  domain_name: string;
  contact_email?: string;
}

function NewTenant({ isOpen, close, show }: { isOpen: boolean; close: () => void; show: (id: string) => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const act = useAct();
  const required = [{ required: true, whitespace: true, message: t("carriers.required") }];
  return (
    <Drawer open={isOpen} onClose={close} title={t("carriers.tenant.add")} size={480} destroyOnHidden>
      <ServerForm<Values, Tenant>
        name="tenant"
        guard={false}
        submit={({ contact_email = "", ...rest }) =>
          act(() => acts.create({ ...rest, contact_email: contact_email.trim() === "" ? null : contact_email.trim() }))
        }
        onDone={({ id }) => {
          message.success(t("carriers.tenant.added"));
          close();
          show(id);
        }}
        submitText={t("carriers.tenant.add")}
        cancel={close}
      >
        <Form.Item name="legal_name" label={t("carriers.tenant.legal")} rules={required}>
          <Input maxLength={128} />
        </Form.Item>
        <Form.Item name="short_name" label={t("carriers.tenant.short")} rules={required}>
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name="credit_code" label={t("carriers.tenant.code")} extra={t("carriers.tenant.codeHint")} rules={required}>
          <Input maxLength={18} showCount />
        </Form.Item>
        <Form.Item name="domain_name" label={t("carriers.tenant.domain")} rules={required}>
          <Input maxLength={64} autoComplete="off" />
        </Form.Item>
        <Form.Item name="contact_email" label={t("carriers.tenant.email")}>
          <Input maxLength={254} inputMode="email" />
        </Form.Item>
      </ServerForm>
    </Drawer>
  );
}

/** 租户管理: enterprises on this platform. */
export function TenantList() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const [params, change] = useFilters();
  const [isNew, setNew] = useState(false);
  const filters: Filter[] = [
    { kind: "text", name: "search", label: t("carriers.tenant.search"), width: 220 },
    {
      kind: "choices",
      name: "state",
      label: t("carriers.tenant.state"),
      isSingle: true,
      choices: STATES.map((value) => ({ value, label: t(`carriers.tenant.${value}`) })),
    },
    {
      kind: "choices",
      name: "waits",
      label: t("carriers.tenant.waits"),
      isSingle: true,
      width: 200,
      choices: WAITS.map((value) => ({ value, label: t(`carriers.tenant.waitsFor.${value}`) })),
    },
  ];
  const list = useTenants({
    ...readList(params, ["legal_name", "created_at"]),
    search: params.get("search") ?? undefined,
    state: readChoices(params, "state", STATES)[0],
    waits_for: readChoices(params, "waits", WAITS)[0],
  });
  const show = (id: string | undefined) => change({ open: id, page: params.get("page") ?? undefined });
  const columns: DataColumn<Tenant>[] = [
    {
      key: "name",
      title: t("carriers.tenant.legal"),
      width: 240,
      isAlways: true,
      sort: "legal_name",
      render: (one) => (
        <>
          {one.legal_name}
          <div className="faint">{one.domain_name}</div>
        </>
      ),
    },
    {
      key: "state",
      title: t("carriers.tenant.state"),
      width: 100,
      render: ({ state }) => <StateTag state={state} tone={state === "active" ? "good" : "bad"} text={t(`carriers.tenant.${state}`)} />,
    },
    {
      key: "real",
      title: t("carriers.tenant.realName"),
      width: 100,
      render: ({ real_name }) => t(real_name === "verified" ? "carriers.tenant.verified" : "carriers.tenant.unverified"),
    },
    {
      key: "services",
      title: t("carriers.tenant.services"),
      width: 260,
      render: ({ services }) => services.map((service) => <Tag key={service}>{t(`carriers.tenant.service.${service}`)}</Tag>),
    },
    { key: "code", title: t("carriers.tenant.code"), width: 190, isHiddenAtFirst: true, render: (one) => <span className="mono">{one.credit_code}</span> },
    { key: "created", title: t("carriers.tenant.created"), width: 172, sort: "created_at", render: (one) => <span className="nowrap">{formatTime(one.created_at, zone)}</span> },
    {
      key: "actions",
      title: t("list.actions"),
      width: 80,
      isAlways: true,
      render: (one) => (
        <Button type="link" size="small" onClick={() => show(one.id)}>
          {t("carriers.tenant.open")}
        </Button>
      ),
    },
  ];
  return (
    <Page
      title={t("carriers.tenantsMenu")}
      note={t("carriers.tenant.note")}
      crumbs={[{ text: t("menuGroup.platform") }, { text: t("carriers.tenantsMenu") }]}
      actions={
        may(session, "hongyan:tenant:edit") && (
          <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setNew(true)}>
            {t("carriers.tenant.add")}
          </Button>
        )
      }
    >
      <Card>
        <FilterBar name="tenants" filters={filters} />
      </Card>
      <DataTable<Tenant>
        name="tenants"
        columns={columns}
        rowKey={(one) => one.id}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("carriers.tenant.none"), note: t("carriers.tenant.noneNote") }}
      />
      <NewTenant isOpen={isNew} close={() => setNew(false)} show={show} />
      <TenantDrawer tenantId={params.get("open")} close={() => show(undefined)} />
    </Page>
  );
}
