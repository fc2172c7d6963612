import { Alert, App, Button, Card, Drawer, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readList, useFilters } from "@/kit/filters";
import { Page } from "@/kit/Page";
import { ServerForm } from "@/kit/ServerForm";
import { StateTag } from "@/kit/StateTag";
import { acts, type NumberRow, useAct, useChannels, useNumbers } from "@/rooms/carriers/queries";
import { may, useSignedIn } from "@/rooms/identity/session";

const STATES = ["processing", "ready"] as const;
const NUMBER_DIGITS = 21;

function NumberDrawer({ row, close }: { row: NumberRow | null; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const act = useAct();
  const { data } = useChannels();
  const sources = [...new Set((data?.items ?? []).filter(({ protocol }) => protocol !== "mm7").map((one) => one.src_number))];
  return (
    <Drawer open={row !== null} onClose={close} title={row !== null && t("carriers.numbers.setTitle", { name: row.signature_name })} size={480} destroyOnHidden>
      {row !== null && (
        <ServerForm<{ channel_number: string }>
          name="signature-number"
          guard={false}
          initialValues={{ channel_number: row.channel_number ?? "" }}
          submit={({ channel_number }) => act(() => acts.number(row, channel_number.trim()))}
          onDone={() => {
            message.success(t("carriers.numbers.done"));
            close();
          }}
          submitText={t("carriers.save")}
          cancel={close}
        >
          {row.channel_number !== null && (
            <Alert type="warning" showIcon title={t("carriers.numbers.warn", { number: row.channel_number })} style={{ marginBottom: 16 }} />
          )}
          <Form.Item
            name="channel_number"
            label={t("carriers.numbers.number")}
            extra={t("carriers.numbers.hint", { sources: sources.join(", ") })}
            rules={[{ required: true, whitespace: true, message: t("carriers.required") }]}
          >
            <Input maxLength={NUMBER_DIGITS} inputMode="numeric" showCount />
          </Form.Item>
        </ServerForm>
      )}
    </Drawer>
  );
}

/** 签名通道开通: which signatures wait for a channel number, and what the others have. */
export function SignatureNumbers() {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const [params] = useFilters();
  const [open, setOpen] = useState<NumberRow | null>(null);
  const filters: Filter[] = [
    { kind: "text", name: "search", label: t("carriers.numbers.search"), width: 220 },
    {
      kind: "choices",
      name: "state",
      label: t("carriers.numbers.state"),
      isSingle: true,
      choices: STATES.map((value) => ({ value, label: t(`carriers.numbers.${value}`) })),
    },
  ];
  const state = readChoices(params, "state", STATES)[0];
  const list = useNumbers({
    ...readList(params, ["channel_number", "extension"]),
    search: params.get("search") ?? undefined,
    waiting: state === undefined ? undefined : state === "processing",
  });
  const columns: DataColumn<NumberRow>[] = [
    { key: "tenant", title: t("carriers.numbers.tenant"), width: 180, render: (row) => (row.tenant_name === "" ? row.tenant_id : row.tenant_name) },
    {
      key: "signature",
      title: t("carriers.numbers.signature"),
      width: 220,
      isAlways: true,
      render: (row) => (
        <>
          {row.signature_name === "" ? t("carriers.numbers.gone") : row.signature_name}
          <div className="faint mono">{row.signature_id}</div>
        </>
      ),
    },
    {
      key: "state",
      title: t("carriers.numbers.state"),
      width: 110,
      render: ({ channel_number }) => {
        const shown = channel_number === null ? "processing" : "ready";
        return <StateTag state={shown} tone={shown === "ready" ? "good" : "busy"} text={t(`carriers.numbers.${shown}`)} />;
      },
    },
    { key: "number", title: t("carriers.numbers.number"), width: 190, sort: "channel_number", render: (row) => <span className="mono">{row.channel_number ?? "–"}</span> },
    { key: "extension", title: t("carriers.numbers.extension"), width: 110, sort: "extension", render: (row) => <span className="mono">{row.extension}</span> },
  ];
  if (may(session, "hongyan:channel:edit")) {
    columns.push({
      key: "actions",
      title: t("list.actions"),
      width: 120,
      isAlways: true,
      render: (row) => (
        <Button type="link" size="small" onClick={() => setOpen(row)}>
          {t("carriers.numbers.set")}
        </Button>
      ),
    });
  }
  const waiting = list.data?.waiting ?? 0;
  return (
    <Page
      title={t("carriers.numbersMenu")}
      note={t("carriers.numbers.note")}
      marks={waiting > 0 && <StateTag state="waiting" tone="unclear" text={t("carriers.numbers.waiting", { count: waiting })} />}
      crumbs={[{ text: t("menuGroup.platform") }, { text: t("carriers.numbersMenu") }]}
    >
      <Card>
        <FilterBar name="signature-numbers" filters={filters} />
      </Card>
      <DataTable<NumberRow>
        name="signature-numbers"
        columns={columns}
        rowKey={(row) => `${row.tenant_id}/${row.signature_id}`}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("carriers.numbers.none") }}
      />
      <NumberDrawer row={open} close={() => setOpen(null)} />
    </Page>
  );
}
