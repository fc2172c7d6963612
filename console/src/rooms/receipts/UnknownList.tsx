import { Alert, Card } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readList, readNumber, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { useTenantChoices, useTenantNames } from "@/rooms/carriers/tenants/useTenantChoices";
import { may, useSignedIn } from "@/rooms/identity/session";
import { Policies } from "@/rooms/receipts/Policies";
import { acts, type MessageClass, type Unknown, useAct, useChannels, useUnknowns } from "@/rooms/receipts/queries";

/** 未知状态消息: what nobody knows the carrier took, and what to do about it. */
export function UnknownList() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const [params] = useFilters();
  const [chosen, setChosen] = useState<string[]>([]);
  const [said, setSaid] = useState<string | null>(null);
  const act = useAct();
  const channels = useChannels();
  const tenants = useTenantChoices(params.get("tenant") ?? undefined);
  const filters: Filter[] = [
    {
      kind: "choices",
      name: "channel",
      label: t("receipts.channel"),
      isSingle: true,
      choices: channels.map((one) => ({ value: String(one.account_id), label: one.name })),
    },
    {
      kind: "choices",
      name: "tenant",
      label: t("receipts.tenantName"),
      isSingle: true,
      width: 220,
      ...tenants,
    },
    { kind: "text", name: "task", label: t("receipts.task"), width: 300 },
  ];
  const { offset, limit } = readList(params);
  const wanted = {
    account_id: readNumber(params, "channel"),
    tenant_id: params.get("tenant") ?? undefined,
    task_id: params.get("task") ?? undefined,
  };
  const list = useUnknowns({ ...wanted, offset, limit });
  const names = useTenantNames(list.data?.items.map((one) => one.tenant_id) ?? []);
  const asked = Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  const ids = chosen.map(Number);
  const count = ids.length;
  const columns: DataColumn<Unknown>[] = [
    { key: "id", title: t("receipts.id"), width: 150, render: ({ message_id: id }) => <Link className="mono" to={`/messages/${id}`}>{id}</Link> },
    { key: "phone", title: t("receipts.phone"), width: 130, isAlways: true, render: (one) => <span className="mono">{one.phone_masked}</span> },
    { key: "channel", title: t("receipts.channel"), width: 120, render: ({ account_id: id }) => channels.find((one) => one.account_id === id)?.name ?? `#${id}` },
    { key: "tenant", title: t("receipts.tenantName"), width: 140, render: ({ tenant_id: id }) => names.get(id)?.short_name ?? id },
    { key: "klass", title: t("receipts.klass"), width: 90, render: (one) => t(`receipts.class.${one.klass as MessageClass}`) },
    { key: "reason", title: t("receipts.reason"), width: 130, render: (one) => one.reason },
    { key: "parts", title: t("receipts.parts"), width: 120, align: "right", render: (one) => `${one.missing} / ${one.parts}` },
    { key: "since", title: t("receipts.since"), width: 172, render: (one) => <span className="nowrap">{formatTime(one.since, zone)}</span> },
    { key: "task", title: t("receipts.task"), width: 300, isHiddenAtFirst: true, render: (one) => <span className="mono">{one.task_id}</span> },
    { key: "expires", title: t("receipts.expires"), width: 172, isHiddenAtFirst: true, render: (one) => <span className="nowrap">{formatTime(one.expires_at, zone)}</span> },
    {
      key: "may",
      title: t("receipts.may"),
      width: 130,
      render: ({ may_resend: answer }) => <StateTag state={answer} tone={answer === "resent" ? "good" : "left"} text={t(`receipts.answer.${answer}`)} />,
    },
  ];
  async function resend(): Promise<void> {
    const { answers } = await act(() => acts.resend(ids));
    const done = Object.values(answers).filter((answer) => answer === "resent").length;
    setSaid(t("receipts.resent", { done, left: count - done }));
    setChosen([]);
  }
  const actions = may(session, "hongyan:channel:edit") && (
    <>
      {count > 0 && <span className="faint">{t("receipts.chosen", { count })}</span>}
      <ConfirmAction
        text={t("receipts.resend")}
        ask={t("receipts.askResend", { count })}
        takes={[t("receipts.takesTwice"), t("receipts.takesCost"), t("receipts.takesOnce")]}
        consequence={t("receipts.cannotUndo")}
        isDanger
        isDisabled={count === 0}
        act={resend}
        done={t("receipts.decided")}
      />
      <ConfirmAction
        text={t("receipts.giveUp")}
        ask={t("receipts.askGiveUp", { count })}
        takes={[t("receipts.takesEnd"), t("receipts.takesLate")]}
        consequence={t("receipts.cannotUndo")}
        isDanger
        isDisabled={count === 0}
        act={async () => {
          await act(() => acts.giveUp(ids));
          setChosen([]);
        }}
        done={t("receipts.gaveUp")}
      />
    </>
  );
  return (
    <Page
      title={t("receipts.unknownMenu")}
      note={t("receipts.unknownNote")}
      crumbs={[{ text: t("menuGroup.platform") }, { text: t("receipts.unknownMenu") }]}
    >
      <Card>
        <FilterBar name="unknowns" filters={filters} />
      </Card>
      {said !== null && <Alert type="info" showIcon closable={{ onClose: () => setSaid(null) }} title={said} />}
      <DataTable<Unknown>
        name="unknowns"
        columns={columns}
        rowKey={(one) => String(one.message_id)}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("receipts.noneUnknown"), note: t("receipts.noneUnknownNote") }}
        actions={actions}
        selection={{ keys: chosen, onChange: setChosen }}
        exportUrl={`/console/api/unknowns.csv?${new URLSearchParams(asked).toString()}`}
      />
      <Policies />
    </Page>
  );
}
