import { App, Descriptions, Divider, Drawer, Form, Input, Skeleton, Space, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { formatTime } from "@/kit/format";
import { ServerForm } from "@/kit/ServerForm";
import { Trouble } from "@/kit/Trouble";
import { acts, type Tenant, type TenantUser, useAct, useTenant, useTenantUsers } from "@/rooms/carriers/tenants/queries";
import { may, useSignedIn } from "@/rooms/identity/session";

const MIN_PASSWORD = 1;

function Users({ tenant, mayEdit }: { tenant: Tenant; mayEdit: boolean }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const { message } = App.useApp();
  const act = useAct();
  const { data, isPending } = useTenantUsers(tenant.id);
  const [form, setForm] = useState(0);
  return (
    <>
      <Divider titlePlacement="start">{t("carriers.tenant.users")}</Divider>
      <Table<TenantUser>
        rowKey="id"
        size="small"
        loading={isPending}
        pagination={false}
        scroll={{ x: 480 }}
        dataSource={data?.items}
        locale={{ emptyText: t("carriers.tenant.noUser") }}
        columns={[
          { key: "name", title: t("carriers.tenant.userName"), width: 140, dataIndex: "name" },
          { key: "roles", title: t("carriers.tenant.roles"), render: (_, { roles }) => roles.map((role) => t(`role.${role}`)).join(", ") },
          {
            key: "seen",
            title: t("carriers.tenant.lastSeen"),
            width: 172,
            render: (_, one) => <span className="nowrap">{formatTime(one.last_sign_in_at, zone)}</span>,
          },
        ]}
      />
      {mayEdit && (
        <div style={{ marginTop: 16 }}>
          <ServerForm<{ name: string; password: string }>
            key={form}
            name="tenant-user"
            guard={false}
            submit={({ name, password }) => act(() => acts.addAdmin(tenant.id, name.trim(), password))}
            onDone={() => {
              message.success(t("carriers.tenant.userAdded"));
              setForm(form + 1);
            }}
            submitText={t("carriers.tenant.addUser")}
          >
            <Form.Item name="name" label={t("carriers.tenant.userName")} rules={[{ required: true, whitespace: true, message: t("carriers.required") }]}>
              <Input maxLength={64} autoComplete="off" />
            </Form.Item>
            <Form.Item name="password" label={t("carriers.tenant.password")} rules={[{ required: true, min: MIN_PASSWORD, message: t("carriers.required") }]}>
              <Input.Password autoComplete="new-password" maxLength={128} />
            </Form.Item>
          </ServerForm>
        </div>
      )}
    </>
  );
}

function Actions({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation();
  const act = useAct();
  const name = tenant.short_name;
  const isActive = tenant.state === "active";
  const isVerified = tenant.real_name === "verified";
  return (
    <Space wrap style={{ marginTop: 16 }}>
      <ConfirmAction
        text={t(isVerified ? "carriers.tenant.unverify" : "carriers.tenant.verify")}
        ask={t(isVerified ? "carriers.tenant.askUnverify" : "carriers.tenant.askVerify", { name })}
        consequence={t(isVerified ? "carriers.tenant.whyUnverify" : "carriers.tenant.whyVerify")}
        isDanger={isVerified}
        act={() => act(() => acts.change(tenant.id, { real_name: isVerified ? "none" : "verified", reason: "" }))}
        done={t("carriers.tenant.changed")}
      />
      {isActive ? (
        <ConfirmAction
          text={t("carriers.tenant.suspend")}
          ask={t("carriers.tenant.askSuspend", { name })}
          takes={[t("carriers.tenant.takesSending"), t("carriers.tenant.takesCalls"), t("carriers.tenant.takesKept")]}
          reason={{ label: t("carriers.tenant.reason"), isRequired: true, maxLength: 200 }}
          isDanger
          act={(reason) => act(() => acts.change(tenant.id, { state: "suspended", reason }))}
          done={t("carriers.tenant.changed")}
        />
      ) : (
        <ConfirmAction
          text={t("carriers.tenant.activate")}
          ask={t("carriers.tenant.askActivate", { name })}
          consequence={t("carriers.tenant.whyActivate")}
          act={() => act(() => acts.change(tenant.id, { state: "active", reason: "" }))}
          done={t("carriers.tenant.changed")}
        />
      )}
    </Space>
  );
}

/** A tenant: who it is, what it has opened, its people, and the levers. */
export function TenantDrawer({ tenantId, close }: { tenantId: string | null; close: () => void }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const { data: tenant, error, refetch } = useTenant(tenantId);
  const mayEdit = may(session, "hongyan:tenant:edit");
  const rows = tenant && [
    { key: "legal", label: t("carriers.tenant.legal"), children: tenant.legal_name },
    { key: "code", label: t("carriers.tenant.code"), children: tenant.credit_code },
    { key: "domain", label: t("carriers.tenant.domain"), children: tenant.domain_name },
    { key: "email", label: t("carriers.tenant.email"), children: tenant.contact_email ?? "–" },
    { key: "project", label: t("carriers.tenant.project"), children: <span className="mono">{tenant.project_id}</span> },
    { key: "state", label: t("carriers.tenant.state"), children: t(`carriers.tenant.${tenant.state}`) },
    {
      key: "real",
      label: t("carriers.tenant.realName"),
      children: t(tenant.real_name === "verified" ? "carriers.tenant.verified" : "carriers.tenant.unverified"),
    },
    {
      key: "services",
      label: t("carriers.tenant.services"),
      children:
        tenant.services.length === 0
          ? t("carriers.tenant.noService")
          : tenant.services.map((service) => <Tag key={service}>{t(`carriers.tenant.service.${service}`)}</Tag>),
    },
  ];
  return (
    <Drawer open={tenantId !== null} onClose={close} title={tenant?.short_name ?? ""} size={640} destroyOnHidden>
      {error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {tenant === undefined && error === null && <Skeleton active />}
      {tenant !== undefined && (
        <>
          <Descriptions size="small" column={1} bordered items={rows} />
          {mayEdit && <Actions tenant={tenant} />}
          <Users tenant={tenant} mayEdit={mayEdit} />
        </>
      )}
    </Drawer>
  );
}
