import { PlusOutlined } from "@ant-design/icons";
import { App, Button, Card, Drawer, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { ServerForm } from "@/kit/ServerForm";
import { StateTag } from "@/kit/StateTag";
import { may, useSignedIn } from "@/rooms/identity/session";
import { useListQuery } from "@/rooms/sms/list";
import { MissingNotice, useMissing } from "@/rooms/sms/Preconditions";
import { acts, type SmsApp, useAct, useApps, usePreconditions } from "@/rooms/sms/queries";
import { APP_STATUSES, APP_TONES } from "@/rooms/sms/words";

interface AppValues {
  app_name: string;
  up_link_addr?: string;
}

const NAME_CHARS = 30;
const URL_CHARS = 255;

function AppDrawer({ app, close }: { app: SmsApp | "new" | null; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const act = useAct();
  const old = app === "new" ? null : app;
  return (
    <Drawer open={app !== null} onClose={close} title={t(old === null ? "sms.app.add" : "sms.app.edit")} size={480} destroyOnHidden>
      {app !== null && (
        <ServerForm<AppValues>
          name="sms-app"
          guard={false}
          initialValues={{ app_name: old?.app_name, up_link_addr: old?.up_link_addr }}
          submit={({ app_name, up_link_addr = "" }) =>
            act(() => acts.saveApp(old?.app_id ?? null, { app_name: app_name.trim(), up_link_addr: up_link_addr.trim() }))
          }
          onDone={() => {
            message.success(t(old === null ? "sms.app.added" : "sms.app.edited"));
            close();
          }}
          submitText={t("sms.ok")}
          cancel={close}
        >
          <Form.Item
            name="app_name"
            label={t("sms.app.name")}
            extra={t("sms.app.nameHint")}
            rules={[{ required: true, whitespace: true, message: t("sms.app.nameMissing") }]}
          >
            <Input maxLength={NAME_CHARS} showCount />
          </Form.Item>
          <Form.Item name="up_link_addr" label={t("sms.app.uplink")} extra={t("sms.app.uplinkHint")}>
            <Input maxLength={URL_CHARS} inputMode="url" />
          </Form.Item>
        </ServerForm>
      )}
    </Drawer>
  );
}

/** 短消息应用管理: what carries signatures and templates. */
export function AppList() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const [params] = useFilters();
  const [open, setOpen] = useState<SmsApp | "new" | null>(null);
  const filters: Filter[] = [
    { kind: "text", name: "name", label: t("sms.app.name"), maxLength: NAME_CHARS },
    {
      kind: "choices",
      name: "state",
      label: t("sms.state"),
      choices: APP_STATUSES.map((value) => ({ value, label: t(`sms.appState.${value}`) })),
    },
    { kind: "days", label: t("sms.created") },
  ];
  const list = useApps({ ...useListQuery(), state: readChoices(params, "state", APP_STATUSES) });
  const missing = useMissing("app");
  const { data: has } = usePreconditions();
  const isFull = has !== undefined && has.apps >= has.app_limit;
  const columns: DataColumn<SmsApp>[] = [
    { key: "name", title: t("sms.app.name"), width: 200, isAlways: true, sort: "name", render: (app) => app.app_name },
    {
      key: "state",
      title: t("sms.state"),
      width: 100,
      render: ({ status }) => <StateTag state={status} tone={APP_TONES[status]} text={t(`sms.appState.${status}`)} />,
    },
    {
      key: "uplink",
      title: t("sms.app.uplink"),
      width: 300,
      render: ({ up_link_addr: url }) => <span style={{ overflowWrap: "anywhere" }}>{url === "" ? "–" : url}</span>,
    },
    {
      key: "created",
      title: t("sms.created"),
      width: 172,
      sort: "created_at",
      render: (app) => <span className="nowrap">{formatTime(app.created_at, zone)}</span>,
    },
  ];
  if (may(session, "kooMessage:aimMsgApp:update")) {
    columns.push({
      key: "actions",
      title: t("list.actions"),
      width: 100,
      isAlways: true,
      render: (app) => (
        <Button type="link" size="small" onClick={() => setOpen(app)}>
          {t("sms.modify")}
        </Button>
      ),
    });
  }
  const add = may(session, "kooMessage:aimMsgApp:create") && (
    <Button
      type="primary"
      icon={<PlusOutlined aria-hidden />}
      disabled={missing !== null || isFull}
      title={isFull ? t("sms.app.full", { limit: has.app_limit }) : undefined}
      onClick={() => setOpen("new")}
    >
      {t("sms.app.add")}
    </Button>
  );
  return (
    <Page
      title={t("sms.app.menu")}
      note={t("sms.app.note", { limit: has?.app_limit ?? 2, count: has?.apps ?? 0 })}
      crumbs={[{ text: t("menuGroup.smsConfig") }, { text: t("sms.app.menu") }]}
      actions={add}
    >
      <MissingNotice missing={missing} />
      <Card>
        <FilterBar name="sms-apps" filters={filters} />
      </Card>
      <DataTable<SmsApp>
        name="sms-apps"
        columns={columns}
        rowKey={(app) => app.app_id}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("sms.app.none"), note: t("sms.app.noneNote") }}
      />
      <AppDrawer app={open} close={() => setOpen(null)} />
    </Page>
  );
}
