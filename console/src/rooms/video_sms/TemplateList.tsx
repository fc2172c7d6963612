import { PlusOutlined } from "@ant-design/icons";
import { Button, Card, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { formatBytes } from "@/kit/files";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readDay, readList, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { startOfDay } from "@/kit/zones";
import { may, useSignedIn } from "@/rooms/identity/session";
import { useVideoTemplates, type VideoTemplate } from "@/rooms/video_sms/queries";
import { TemplateActions } from "@/rooms/video_sms/TemplateActions";
import { TemplateDrawer } from "@/rooms/video_sms/TemplateDrawer";
import { TEMPLATE_STATES, TEMPLATE_TONES } from "@/rooms/video_sms/words";

const PARAMS = ["yes", "no"] as const;

function useColumns(isPublic: boolean, open: (id: string) => void): DataColumn<VideoTemplate>[] {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const columns: DataColumn<VideoTemplate>[] = [
    { key: "name", title: t("video_sms.template.name"), width: 190, isAlways: true, sort: "name", render: (row) => row.name },
    { key: "id", title: t("video_sms.template.id"), width: 110, render: (row) => <span className="mono">{row.tpl_id}</span> },
    {
      key: "state",
      title: t("video_sms.state"),
      width: 110,
      render: ({ state, state_desc: reason, is_asked_back: isAskedBack }) => (
        <StateTag state={state} tone={TEMPLATE_TONES[state]} text={t(`video_sms.templateState.${state}`)} reason={reason} isAskedBack={isAskedBack} />
      ),
    },
    { key: "title", title: t("video_sms.template.title"), width: 150, render: (row) => row.title },
    { key: "signature", title: t("video_sms.template.signature"), width: 120, render: (row) => row.signature },
    {
      key: "params",
      title: t("video_sms.template.paramsLabel"),
      width: 90,
      render: ({ params }) => (params.length === 0 ? t("video_sms.template.static") : t("video_sms.template.dynamic", { count: params.length })),
    },
    { key: "frames", title: t("video_sms.template.frameCount"), width: 64, align: "right", render: (row) => row.frames },
    { key: "size", title: t("video_sms.template.size"), width: 90, align: "right", render: (row) => formatBytes(row.size_bytes) },
    {
      key: "until",
      title: t("video_sms.template.until"),
      width: 172,
      render: ({ valid_until: until }) => <span className="nowrap">{until === null ? t("video_sms.template.forever") : formatTime(until, zone)}</span>,
    },
    { key: "created", title: t("video_sms.created"), width: 172, sort: "created_at", render: (row) => <span className="nowrap">{formatTime(row.created_at, zone)}</span> },
    {
      key: "actions",
      title: t("list.actions"),
      width: 230,
      isAlways: true,
      render: (row) => <TemplateActions template={row} open={() => open(row.tpl_id)} />,
    },
  ];
  return isPublic ? columns.filter(({ key }) => key !== "created" && key !== "state") : columns;
}

/** 模板管理: 我的模板 and 公共模板. */
export function TemplateList() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const navigate = useNavigate();
  const [params, change] = useFilters();
  const [openId, setOpenId] = useState<string | null>(null);
  const isPublic = params.get("tab") === "public";
  const own: Filter[] = [
    {
      kind: "choices",
      name: "state",
      label: t("video_sms.state"),
      choices: TEMPLATE_STATES.map((value) => ({ value, label: t(`video_sms.templateState.${value}`) })),
    },
    { kind: "days", label: t("video_sms.created") },
  ];
  const filters: Filter[] = [
    { kind: "text", name: "name", label: t("video_sms.template.name"), maxLength: 100 },
    { kind: "text", name: "id", label: t("video_sms.template.id"), width: 120, maxLength: 9, inputMode: "numeric" },
    {
      kind: "choices",
      name: "params",
      isSingle: true,
      width: 120,
      label: t("video_sms.template.paramsLabel"),
      choices: PARAMS.map((value) => ({ value, label: t(value === "yes" ? "video_sms.template.withParams" : "video_sms.template.static") })),
    },
    ...(isPublic ? [] : own),
  ];
  const from = readDay(params, "from");
  const to = readDay(params, "to");
  const wanted = readChoices(params, "params", PARAMS)[0];
  const list = useVideoTemplates({
    ...readList(params, ["name", "created_at"]),
    is_public: isPublic,
    name: params.get("name") ?? undefined,
    tpl_id: params.get("id") ?? undefined,
    has_params: wanted === undefined ? undefined : wanted === "yes",
    state: isPublic ? ["usable"] : readChoices(params, "state", TEMPLATE_STATES),
    begin: from === undefined ? undefined : startOfDay(from, zone),
    end: to === undefined ? undefined : startOfDay(to, zone, 1),
  });
  const columns = useColumns(isPublic, setOpenId);
  const add = may(session, "kooMessage:aimBasicTemplate:create") && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => void navigate("/video-templates/new")}>
      {t("video_sms.template.add")}
    </Button>
  );
  return (
    <Page
      title={t("video_sms.template.menu")}
      note={t("video_sms.template.note")}
      crumbs={[{ text: t("menuGroup.videoSms") }, { text: t("video_sms.template.menu") }]}
      actions={add}
    >
      <Card styles={{ body: { paddingTop: 4 } }}>
        <Tabs
          activeKey={isPublic ? "public" : "own"}
          items={[
            { key: "own", label: t("video_sms.template.own") },
            { key: "public", label: t("video_sms.template.public") },
          ]}
          onChange={(tab) => change({ tab: tab === "public" ? tab : "", name: "", id: "", params: "", state: [], from: "", to: "" })}
        />
        <FilterBar key={isPublic ? "public" : "own"} name="video-templates" filters={filters} />
      </Card>
      <DataTable<VideoTemplate>
        name={isPublic ? "video-templates-public" : "video-templates"}
        columns={columns}
        rowKey={(row) => row.tpl_id}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t(isPublic ? "video_sms.template.nonePublic" : "video_sms.template.none"), note: t("video_sms.template.noneNote") }}
      />
      <TemplateDrawer tplId={openId} close={() => setOpenId(null)} />
    </Page>
  );
}
