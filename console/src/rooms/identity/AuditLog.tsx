import { Button, Descriptions, Drawer, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readDay, readList, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { startOfDay } from "@/kit/zones";
import { type AuditEntry, type AuditQuery, useAudit, useAuditWords } from "@/rooms/identity/queries";
import { useSignedIn } from "@/rooms/identity/session";
import { useAuditNames } from "@/rooms/identity/words";
import { ExportButton } from "@/rooms/reports/ExportButton";

const NAME_CHARS = 130;
const RESULTS = ["done", "refused"] as const;

function JsonText({ value }: { value: AuditEntry["before"] }) {
  const { t } = useTranslation();
  return value === null ? <>{t("identity.audit.none")}</> : <pre style={{ margin: 0, whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{JSON.stringify(value, null, 2)}</pre>;
}

function AuditDrawer({ entry, zone, close }: { entry: AuditEntry | null; zone: string; close: () => void }) {
  const { t } = useTranslation();
  const names = useAuditNames();
  if (entry === null) {
    return null;
  }
  const items = [
    { key: "when", label: t("identity.audit.when"), children: formatTime(entry.at, zone) },
    { key: "who", label: t("identity.audit.who"), children: entry.user_name },
    { key: "userId", label: t("identity.audit.userId"), children: entry.user_id },
    { key: "tenant", label: t("identity.audit.tenant"), children: entry.tenant_id ?? "–" },
    { key: "via", label: t("identity.audit.via"), children: names.via(entry.via) },
    { key: "address", label: t("identity.audit.address"), children: entry.address ?? "–" },
    { key: "what", label: t("identity.audit.what"), children: `${names.action(entry.action)} (${entry.action})` },
    { key: "kind", label: t("identity.audit.kind"), children: names.kind(entry.subject_kind) },
    { key: "object", label: t("identity.audit.object"), children: entry.subject_id },
    { key: "result", label: t("identity.audit.result"), children: t(`identity.audit.${entry.result}`) },
    { key: "request", label: t("identity.audit.request"), children: entry.request_id ?? "–" },
    { key: "before", label: t("identity.audit.before"), children: <JsonText value={entry.before} /> },
    { key: "after", label: t("identity.audit.after"), children: <JsonText value={entry.after} /> },
  ];
  return (
    <Drawer open onClose={close} title={t("identity.audit.detailsOf", { id: entry.id })} size={560}>
      <Descriptions column={1} bordered size="small" items={items} />
    </Drawer>
  );
}

/** 审计日志: who did what, when, to what, with what result. */
export function AuditLog() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const [params] = useFilters();
  const [shown, setShown] = useState<AuditEntry | null>(null);
  const names = useAuditNames();
  const words = useAuditWords();
  const actions = words.data?.actions ?? [];
  const kinds = words.data?.subject_kinds ?? [];
  const filters: Filter[] = [
    { kind: "text", name: "user", label: t("identity.audit.who"), placeholder: t("identity.audit.whoHint"), width: 200, maxLength: NAME_CHARS },
    { kind: "choices", name: "action", isSingle: true, label: t("identity.audit.what"), width: 220, choices: actions.map((value) => ({ value, label: names.action(value) })) },
    { kind: "choices", name: "kind", isSingle: true, label: t("identity.audit.kind"), choices: kinds.map((value) => ({ value, label: names.kind(value) })) },
    { kind: "text", name: "object", label: t("identity.audit.object"), maxLength: NAME_CHARS },
    { kind: "choices", name: "result", isSingle: true, label: t("identity.audit.result"), width: 120, choices: RESULTS.map((value) => ({ value, label: t(`identity.audit.${value}`) })) },
    { kind: "days", label: t("identity.audit.when") },
  ];
  const from = readDay(params, "from");
  const to = readDay(params, "to");
  const { offset, limit } = readList(params);
  const wanted: AuditQuery = {
    user: params.get("user") ?? undefined,
    action: params.get("action") ?? undefined,
    subject_kind: params.get("kind") ?? undefined,
    subject_id: params.get("object") ?? undefined,
    result: readChoices(params, "result", RESULTS)[0],
    begin: from === undefined ? undefined : startOfDay(from, zone),
    end: to === undefined ? undefined : startOfDay(to, zone, 1),
  };
  const asked = Object.entries(wanted).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []));
  const columns: DataColumn<AuditEntry>[] = [
    { key: "when", title: t("identity.audit.when"), width: 172, isAlways: true, render: ({ at }) => <span className="nowrap">{formatTime(at, zone)}</span> },
    { key: "who", title: t("identity.audit.who"), width: 150, render: (entry) => <span style={{ overflowWrap: "anywhere" }}>{entry.user_name}</span> },
    { key: "what", title: t("identity.audit.what"), width: 170, isAlways: true, render: ({ action }) => <span title={action}>{names.action(action)}</span> },
    { key: "kind", title: t("identity.audit.kind"), width: 110, render: (entry) => names.kind(entry.subject_kind) },
    {
      key: "object",
      title: t("identity.audit.object"),
      width: 180,
      render: (entry) => (
        <Typography.Text ellipsis={{ tooltip: entry.subject_id }} style={{ maxWidth: 164 }}>
          {entry.subject_id}
        </Typography.Text>
      ),
    },
    {
      key: "result",
      title: t("identity.audit.result"),
      width: 90,
      render: ({ result }) => <StateTag state={result} tone={result === "done" ? "good" : "bad"} text={t(`identity.audit.${result}`)} />,
    },
    { key: "via", title: t("identity.audit.via"), width: 110, render: (entry) => names.via(entry.via) },
    { key: "address", title: t("identity.audit.address"), width: 130, render: ({ address }) => address ?? "–" },
    {
      key: "actions",
      title: t("list.actions"),
      width: 80,
      isAlways: true,
      render: (entry) => (
        <Button type="link" size="small" onClick={() => setShown(entry)}>
          {t("identity.audit.details")}
        </Button>
      ),
    },
  ];
  return (
    <Page title={t("identity.menu.audit")} note={t("identity.audit.note")}>
      <DataTable<AuditEntry>
        name="audit"
        columns={columns}
        rowKey={({ id }) => String(id)}
        list={useAudit({ ...wanted, offset, limit })}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("identity.audit.empty") }}
        {...(session.tenant === null
          ? // The download centre is a tenant's.
            { exportUrl: `/console/api/audit/export?${new URLSearchParams(asked).toString()}` }
          : { actions: <ExportButton kind="audit" filters={wanted} /> })}
      >
        <FilterBar name="audit" filters={filters} />
      </DataTable>
      <AuditDrawer entry={shown} zone={zone} close={() => setShown(null)} />
    </Page>
  );
}
