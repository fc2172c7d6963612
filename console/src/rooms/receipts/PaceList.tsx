import { App, Button, Card, Drawer, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, useFilters } from "@/kit/filters";
import { formatCount, formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { ServerForm } from "@/kit/ServerForm";
import { useWholeList } from "@/kit/wholeList";
import { useTenantChoices, useTenantNames } from "@/rooms/carriers/tenants/useTenantChoices";
import { may, useSignedIn } from "@/rooms/identity/session";
import { acts, type Pace, useAct, usePaces } from "@/rooms/receipts/queries";

interface Values {
  tenant_id: string;
  signature_id?: string;
  rate_per_s: number;
}

function TenantField({ value, ...control }: { id?: string; value?: string; onChange?: (value: string) => void }) {
  const { choices, onSearch } = useTenantChoices(value);
  return <Select {...control} value={value} options={choices} showSearch={{ filterOption: false, onSearch }} />;
}

const NAME_CHARS = 64;
const REACHES = ["whole", "signature"] as const;

/** 限速: how fast single tenants and signatures may send. */
export function PaceList() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { session, zone } = useSignedIn();
  const act = useAct();
  const [params] = useFilters();
  const paces = usePaces();
  const [isOpen, setOpen] = useState(false);
  const items = paces.data?.items ?? [];
  const names = useTenantNames(items.map((one) => one.tenant_id));
  const nameOf = (id: string) => names.get(id)?.short_name ?? id;
  const mayEdit = may(session, "hongyan:channel:edit");
  const filters: Filter[] = [
    { kind: "text", name: "text", label: t("receipts.findPace"), maxLength: NAME_CHARS },
    { kind: "choices", name: "of", label: t("receipts.paceOf"), isSingle: true, width: 150, choices: REACHES.map((value) => ({ value, label: t(`receipts.paceOfName.${value}`) })) },
  ];
  const text = (params.get("text") ?? "").toLowerCase();
  const [reach] = readChoices(params, "of", REACHES);
  const list = useWholeList(paces, {
    keep: ({ tenant_id: id, signature_id: signature }) =>
      (reach === undefined || (signature === null) === (reach === "whole")) &&
      [nameOf(id), id, signature ?? ""].some((one) => one.toLowerCase().includes(text)),
    sorts: { tenant: (one) => nameOf(one.tenant_id), rate: (one) => one.rate_per_s, changed_at: (one) => one.changed_at },
  });
  const columns: DataColumn<Pace>[] = [
    { key: "tenant", title: t("receipts.tenantName"), width: 200, isAlways: true, sort: "tenant", render: ({ tenant_id: id }) => nameOf(id) },
    { key: "signature", title: t("receipts.signatureId"), width: 260, render: (one) => one.signature_id ?? t("receipts.whole") },
    { key: "rate", title: t("receipts.rate"), width: 120, align: "right", sort: "rate", render: (one) => formatCount(one.rate_per_s) },
    {
      key: "changed",
      title: t("receipts.changed"),
      width: 260,
      sort: "changed_at",
      render: (one) => t("receipts.changedBy", { by: one.changed_by, at: formatTime(one.changed_at, zone) }),
    },
  ];
  if (mayEdit) {
    columns.push({
      key: "actions",
      title: t("list.actions"),
      width: 120,
      isAlways: true,
      render: (one) => (
        <ConfirmAction
          size="small"
          text={t("receipts.clear")}
          ask={t("receipts.askClear")}
          consequence={t("receipts.whyClear")}
          act={() => act(() => acts.clearPace(one))}
          done={t("receipts.decided")}
        />
      ),
    });
  }
  const required = [{ required: true, message: t("receipts.required") }];
  return (
    <Page
      title={t("receipts.paceMenu")}
      note={t("receipts.paceNote")}
      crumbs={[{ text: t("menuGroup.platform") }, { text: t("receipts.paceMenu") }]}
      actions={
        mayEdit && (
          <Button type="primary" onClick={() => setOpen(true)}>
            {t("receipts.addPace")}
          </Button>
        )
      }
    >
      <Card>
        <FilterBar name="paces" filters={filters} />
      </Card>
      <DataTable<Pace>
        name="paces"
        columns={columns}
        rowKey={(one) => `${one.tenant_id}/${one.signature_id ?? ""}`}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("receipts.nonePace"), note: t("receipts.nonePaceNote") }}
      />
      <Drawer open={isOpen} onClose={() => setOpen(false)} title={t("receipts.addPace")} size={480} destroyOnHidden>
        <ServerForm<Values>
          name="pace"
          guard={false}
          submit={({ tenant_id, signature_id = "", rate_per_s }) =>
            act(() => acts.setPace({ tenant_id, rate_per_s, signature_id: signature_id.trim() === "" ? null : signature_id.trim() }))
          }
          onDone={() => {
            message.success(t("receipts.paceSet"));
            setOpen(false);
          }}
          submitText={t("receipts.setPace")}
          cancel={() => setOpen(false)}
        >
          <Form.Item name="tenant_id" label={t("receipts.tenantName")} rules={required}>
            <TenantField />
          </Form.Item>
          <Form.Item name="signature_id" label={t("receipts.signatureId")} extra={t("receipts.signatureHint")}>
            <Input maxLength={64} />
          </Form.Item>
          <Form.Item name="rate_per_s" label={t("receipts.rate")} extra={t("receipts.rateHint")} rules={required}>
            <InputNumber precision={0} style={{ width: "100%" }} />
          </Form.Item>
        </ServerForm>
      </Drawer>
    </Page>
  );
}
