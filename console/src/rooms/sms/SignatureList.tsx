import { PlusOutlined } from "@ant-design/icons";
import { Button, Card } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { may, useSignedIn } from "@/rooms/identity/session";
import { useListQuery } from "@/rooms/sms/list";
import { MissingNotice, useMissing } from "@/rooms/sms/Preconditions";
import { type Signature, useApps, useSignatures } from "@/rooms/sms/queries";
import { SignatureActions } from "@/rooms/sms/SignatureActions";
import { SignatureDrawer } from "@/rooms/sms/SignatureDrawer";
import { SIGNATURE_STATUSES, SIGNATURE_TONES, SMS_TYPES } from "@/rooms/sms/words";

const NAME_CHARS = 16;

/** 短消息签名管理: who an SMS says it comes from. */
export function SignatureList() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const navigate = useNavigate();
  const [params] = useFilters();
  const [openId, setOpenId] = useState<string | null>(null);
  const apps = useApps({ limit: 10 }).data?.items ?? [];
  const filters: Filter[] = [
    { kind: "text", name: "name", label: t("sms.signature.name"), maxLength: NAME_CHARS },
    {
      kind: "choices",
      name: "state",
      label: t("sms.state"),
      choices: SIGNATURE_STATUSES.map((value) => ({ value, label: t(`sms.signatureState.${value}`) })),
    },
    {
      kind: "choices",
      name: "type",
      isSingle: true,
      width: 120,
      label: t("sms.signature.type"),
      choices: SMS_TYPES.map((value) => ({ value, label: t(`sms.typeName.${value}`) })),
    },
    {
      kind: "choices",
      name: "app",
      isSingle: true,
      label: t("sms.signature.app"),
      choices: apps.map(({ app_name: name }) => ({ value: name, label: name })),
    },
    { kind: "days", label: t("sms.created") },
  ];
  const list = useSignatures({
    ...useListQuery(),
    state: readChoices(params, "state", SIGNATURE_STATUSES),
    type: readChoices(params, "type", SMS_TYPES)[0],
    app_name: params.get("app") ?? undefined,
  });
  const missing = useMissing("signature");
  const columns: DataColumn<Signature>[] = [
    { key: "name", title: t("sms.signature.name"), width: 170, isAlways: true, sort: "name", render: (row) => row.signature_name },
    {
      key: "state",
      title: t("sms.state"),
      width: 130,
      render: ({ status, review_desc: reason, is_asked_back: isAskedBack }) => (
        <StateTag
          state={status}
          tone={SIGNATURE_TONES[status]}
          text={t(`sms.signatureState.${status}`)}
          isAskedBack={isAskedBack}
          reason={reason === "" ? t(`sms.signatureStateNote.${status}`) : reason}
        />
      ),
    },
    { key: "type", title: t("sms.signature.type"), width: 100, render: (row) => t(`sms.typeName.${row.signature_type}`) },
    { key: "app", title: t("sms.signature.app"), width: 150, render: (row) => row.app_name },
    {
      key: "channel",
      title: t("sms.signature.channel"),
      width: 180,
      render: ({ channel_number: number }) => (number === "" ? "–" : <span className="mono">{number}</span>),
    },
    {
      key: "created",
      title: t("sms.created"),
      width: 172,
      sort: "created_at",
      render: (row) => <span className="nowrap">{formatTime(row.created_at, zone)}</span>,
    },
    {
      key: "actions",
      title: t("list.actions"),
      width: 250,
      isAlways: true,
      render: (row) => <SignatureActions signature={row} open={() => setOpenId(row.signature_id)} />,
    },
  ];
  const add = may(session, "kooMessage:aimMsgSignature:create") && (
    <Button
      type="primary"
      icon={<PlusOutlined aria-hidden />}
      disabled={missing !== null}
      onClick={() => void navigate("/sms-signatures/new")}
    >
      {t("sms.signature.add")}
    </Button>
  );
  return (
    <Page
      title={t("sms.signature.menu")}
      note={t("sms.signature.note")}
      crumbs={[{ text: t("menuGroup.smsConfig") }, { text: t("sms.signature.menu") }]}
      actions={add}
    >
      <MissingNotice missing={missing} />
      <Card>
        <FilterBar name="sms-signatures" filters={filters} />
      </Card>
      <DataTable<Signature>
        name="sms-signatures"
        columns={columns}
        rowKey={(row) => row.signature_id}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("sms.signature.none"), note: t("sms.signature.noneNote") }}
      />
      <SignatureDrawer signatureId={openId} close={() => setOpenId(null)} />
    </Page>
  );
}
