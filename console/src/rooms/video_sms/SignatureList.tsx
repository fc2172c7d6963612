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
import { SignatureActions } from "@/rooms/video_sms/SignatureActions";
import { SignatureDrawer } from "@/rooms/video_sms/SignatureDrawer";
import { SIGNATURE_CHARS, useVideoSignatures, type VideoSignature } from "@/rooms/video_sms/signatureQueries";
import { SIGNATURE_STATES, SIGNATURE_TONES } from "@/rooms/video_sms/words";

/** 签名管理: who a video message says it comes from. */
export function SignatureList() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const navigate = useNavigate();
  const [params] = useFilters();
  const [openId, setOpenId] = useState<string | null>(null);
  const filters: Filter[] = [
    { kind: "text", name: "name", label: t("video_sms.signature.name"), maxLength: SIGNATURE_CHARS },
    {
      kind: "choices",
      name: "state",
      label: t("video_sms.state"),
      choices: SIGNATURE_STATES.map((value) => ({ value, label: t(`video_sms.signatureState.${value}`) })),
    },
    { kind: "days", label: t("video_sms.created") },
  ];
  const list = useVideoSignatures({ ...useListQuery(), state: readChoices(params, "state", SIGNATURE_STATES) });
  const columns: DataColumn<VideoSignature>[] = [
    { key: "name", title: t("video_sms.signature.name"), width: 170, isAlways: true, sort: "name", render: (row) => row.signature_name },
    {
      key: "state",
      title: t("video_sms.state"),
      width: 100,
      render: ({ state, review_desc: reason, is_asked_back: isAskedBack }) => (
        <StateTag
          state={state}
          tone={SIGNATURE_TONES[state]}
          text={t(`video_sms.signatureState.${state}`)}
          isAskedBack={isAskedBack}
          reason={reason === "" ? t(`video_sms.signatureStateNote.${state}`) : reason}
        />
      ),
    },
    {
      key: "third",
      title: t("video_sms.signature.thirdColumn"),
      width: 138,
      render: (row) => t(row.is_involved_third ? "video_sms.signature.yes" : "video_sms.signature.no"),
    },
    { key: "desc", title: t("video_sms.signature.applyDesc"), width: 160, render: ({ apply_desc: desc }) => (desc === "" ? "–" : desc) },
    {
      key: "created",
      title: t("video_sms.created"),
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
  const add = may(session, "kooMessage:aimBasicTemplate:create") && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => void navigate("/video-signatures/new")}>
      {t("video_sms.signature.add")}
    </Button>
  );
  return (
    <Page
      title={t("video_sms.signature.menu")}
      note={t("video_sms.signature.note")}
      crumbs={[{ text: t("menuGroup.videoSms") }, { text: t("video_sms.signature.menu") }]}
      actions={add}
    >
      <Card>
        <FilterBar name="video-signatures" filters={filters} />
      </Card>
      <DataTable<VideoSignature>
        name="video-signatures"
        columns={columns}
        rowKey={(row) => row.signature_id}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("video_sms.signature.none"), note: t("video_sms.signature.noneNote") }}
      />
      <SignatureDrawer signatureId={openId} close={() => setOpenId(null)} />
    </Page>
  );
}
