import { Button, Card, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { type DataColumn, DataTable } from "@/kit/DataTable";
import { formatBytes } from "@/kit/files";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readList, useFilters } from "@/kit/filters";
import { StateTag } from "@/kit/StateTag";
import { Waiting } from "@/rooms/campaigns/Waiting";
import { CarrierTags } from "@/rooms/video_sms/CarrierTags";
import { type PublicVideo, publicVideoActs, usePublicVideoAct, usePublicVideos } from "@/rooms/video_sms/publicQueries";
import { PublicVideoDrawer } from "@/rooms/video_sms/TemplateDrawer";
import { TEMPLATE_TONES } from "@/rooms/video_sms/words";

const STATES = ["usable", "disabled", "expired"] as const;
const REASON_CHARS = 200;

function Actions({ row, open }: { row: PublicVideo; open: () => void }) {
  const { t } = useTranslation();
  const act = usePublicVideoAct();
  const { tpl_id: id, name, state } = row.template;
  return (
    <Space size={0} wrap>
      <Button type="link" size="small" onClick={open}>
        {t("video_sms.preview")}
      </Button>
      {state === "usable" && (
        <ConfirmAction
          type="link"
          size="small"
          isDanger
          text={t("video_sms.template.disable")}
          ask={t("video_sms.template.disableAsk", { name })}
          consequence={
            <>
              <p>{t("video_sms.template.disableText")}</p>
              <Waiting what="video_template" ids={[id]} />
            </>
          }
          takes={[t("smart.platform.takesAll")]}
          reason={{ label: t("smart.platform.reason"), isRequired: true, maxLength: REASON_CHARS }}
          act={(reason) => act(() => publicVideoActs.setUse(id, false, reason))}
          done={t("action.done")}
        />
      )}
      {state === "disabled" && (
        <ConfirmAction
          type="link"
          size="small"
          text={t("video_sms.template.enable")}
          ask={t("video_sms.template.enableAsk", { name })}
          consequence={t("video_sms.template.enableText")}
          act={() => act(() => publicVideoActs.setUse(id, true))}
          done={t("action.done")}
        />
      )}
    </Space>
  );
}

/** 公共模板管理 > 智能信息基础版: what the platform offers every tenant. */
export function PublicVideos() {
  const { t } = useTranslation();
  const [params] = useFilters();
  const [openId, setOpenId] = useState<string | null>(null);
  const filters: Filter[] = [
    { kind: "text", name: "name", label: t("video_sms.template.name"), maxLength: 100 },
    { kind: "text", name: "id", label: t("video_sms.template.id"), width: 120, maxLength: 9, inputMode: "numeric" },
    { kind: "choices", name: "state", label: t("video_sms.state"), choices: STATES.map((value) => ({ value, label: t(`video_sms.templateState.${value}`) })) },
  ];
  const act = usePublicVideoAct();
  const seed = (
    <ConfirmAction
      text={t("smart.platform.seed")}
      ask={t("smart.platform.seedAsk")}
      consequence={t("smart.platform.seedVideosText")}
      act={() => act(() => publicVideoActs.seed())}
      done={t("smart.platform.seeded")}
    />
  );
  const list = usePublicVideos({
    ...readList(params, ["name"]),
    name: params.get("name") ?? undefined,
    tpl_id: params.get("id") ?? undefined,
    state: readChoices(params, "state", STATES),
  });
  const columns: DataColumn<PublicVideo>[] = [
    {
      key: "name",
      title: t("video_sms.template.name"),
      width: 180,
      isAlways: true,
      sort: "name",
      render: ({ template }) => (
        <>
          {template.name}
          <div className="faint mono">{template.tpl_id}</div>
        </>
      ),
    },
    { key: "title", title: t("video_sms.template.title"), width: 140, render: ({ template }) => template.title },
    { key: "signature", title: t("video_sms.template.signature"), width: 90, render: ({ template }) => template.signature },
    {
      key: "state",
      title: t("video_sms.state"),
      width: 100,
      render: ({ template: { state, state_desc: reason } }) => (
        <StateTag state={state} tone={TEMPLATE_TONES[state]} text={t(`video_sms.templateState.${state}`)} reason={reason} />
      ),
    },
    { key: "carriers", title: t("video_sms.template.carriers"), width: 180, render: (row) => <CarrierTags carriers={row.carriers} /> },
    { key: "frames", title: t("video_sms.template.frameCount"), width: 64, align: "right", render: ({ template }) => template.frames },
    { key: "size", title: t("video_sms.template.size"), width: 90, align: "right", render: ({ template }) => formatBytes(template.size_bytes) },
    { key: "actions", title: t("list.actions"), width: 150, isAlways: true, render: (row) => <Actions row={row} open={() => setOpenId(row.template.tpl_id)} /> },
  ];
  return (
    <>
      <Card>
        <FilterBar name="public-videos" filters={filters} />
      </Card>
      <DataTable<PublicVideo>
        name="public-videos"
        columns={columns}
        rowKey={(row) => row.template.tpl_id}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("video_sms.template.nonePublic"), note: t("smart.platform.noneNote") }}
        actions={seed}
      />
      <PublicVideoDrawer tplId={openId} close={() => setOpenId(null)} />
    </>
  );
}
