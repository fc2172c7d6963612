import { Button, Card, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readList, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { StateTag } from "@/kit/StateTag";
import { Waiting } from "@/rooms/campaigns/Waiting";
import { useSignedIn } from "@/rooms/identity/session";
import { PublicCardDrawer } from "@/rooms/smart/CardTemplateDrawer";
import { publicActs, type PublicCard, type PublicCardQuery, usePublicAct, usePublicCards } from "@/rooms/smart/publicQueries";
import { PublicVendorTags } from "@/rooms/smart/PublicVendorTags";
import { useLayoutName } from "@/rooms/smart/words";

const NAME_CHARS = 100;
const ID_CHARS = 9;
const REASON_CHARS = 200;
const SORTS = ["created_at", "updated_at", "name"];
const YES_NO = ["yes", "no"] as const;

/** What an operator does to a public template: hand it in again, take it out of use, use it again. */
function Actions({ row, open }: { row: PublicCard; open: () => void }) {
  const { t } = useTranslation();
  const act = usePublicAct();
  const { tpl_id: id, tpl_name: name, is_enabled: isEnabled } = row.template;
  return (
    <Space size={0} wrap>
      <Button type="link" size="small" onClick={open}>
        {t("smart.preview")}
      </Button>
      {isEnabled && (
        <ConfirmAction
          type="link"
          size="small"
          isDisabled={row.missing === 0}
          title={row.missing === 0 ? t("smart.platform.submitNone") : undefined}
          text={t("smart.platform.submit")}
          ask={t("smart.platform.submitAsk", { name })}
          consequence={t("smart.platform.submitText", { vendors: row.missing })}
          act={() => act(() => publicActs.submit(id))}
          done={t("smart.platform.submitted")}
        />
      )}
      {isEnabled ? (
        <ConfirmAction
          type="link"
          size="small"
          isDanger
          text={t("smart.disable")}
          ask={t("smart.disableAsk", { name })}
          consequence={<Waiting what="card_template" ids={[id]} />}
          takes={[t("smart.platform.takesAll"), t("smart.platform.takesSends"), t("smart.deleteLinks")]}
          reason={{ label: t("smart.platform.reason"), isRequired: true, maxLength: REASON_CHARS }}
          act={(reason) => act(() => publicActs.setUse(id, false, reason))}
          done={t("smart.disabled")}
        />
      ) : (
        <ConfirmAction
          type="link"
          size="small"
          text={t("smart.enable")}
          ask={t("smart.enableAsk", { name })}
          consequence={t("smart.enableText")}
          act={() => act(() => publicActs.setUse(id, true))}
          done={t("smart.enabled")}
        />
      )}
    </Space>
  );
}

function useColumns(open: (tplId: string) => void): DataColumn<PublicCard>[] {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const layoutOf = useLayoutName();
  return [
    {
      key: "name",
      title: t("smart.name"),
      width: 160,
      isAlways: true,
      sort: "name",
      render: ({ template }) => (
        <>
          {template.tpl_name}
          <div className="faint mono">{template.tpl_id}</div>
        </>
      ),
    },
    { key: "layout", title: t("smart.layoutName"), width: 110, render: ({ template }) => layoutOf(template.card_id) },
    { key: "scene", title: t("smart.industry"), width: 90, render: ({ template: { scene } }) => (scene === "" ? "–" : scene) },
    { key: "version", title: t("smart.platform.version"), width: 70, align: "right", isHiddenAtFirst: true, render: ({ template }) => template.version },
    { key: "vendors", title: t("smart.vendors"), width: 250, render: (row) => <PublicVendorTags vendors={row.at_vendors} /> },
    {
      key: "state",
      title: t("smart.state"),
      width: 90,
      render: ({ template: { is_enabled: isOn, disable_desc: why } }) => (
        <StateTag state={isOn ? "enabled" : "disabled"} tone={isOn ? "good" : "left"} text={t(isOn ? "smart.on" : "smart.off")} reason={isOn ? "" : why} />
      ),
    },
    {
      key: "updated",
      title: t("smart.updated"),
      width: 172,
      isHiddenAtFirst: true,
      sort: "updated_at",
      render: ({ template }) => <span className="nowrap">{formatTime(template.updated_at, zone)}</span>,
    },
    {
      key: "actions",
      title: t("list.actions"),
      width: 220,
      isAlways: true,
      render: (row) => <Actions row={row} open={() => open(row.template.tpl_id)} />,
    },
  ];
}

/** 公共模板管理 > 智能信息: what the platform offers every tenant. */
export function PublicCards() {
  const { t } = useTranslation();
  const [params] = useFilters();
  const [openId, setOpenId] = useState<string | null>(null);
  const filters: Filter[] = [
    { kind: "text", name: "name", label: t("smart.name"), maxLength: NAME_CHARS },
    { kind: "text", name: "id", label: t("smart.id"), maxLength: ID_CHARS, inputMode: "numeric", width: 120 },
    {
      kind: "choices",
      name: "enabled",
      isSingle: true,
      width: 110,
      label: t("smart.state"),
      choices: [
        { value: "yes", label: t("smart.on") },
        { value: "no", label: t("smart.off") },
      ],
    },
  ];
  const act = usePublicAct();
  const seed = (
    <ConfirmAction
      text={t("smart.platform.seed")}
      ask={t("smart.platform.seedAsk")}
      consequence={t("smart.platform.seedText")}
      act={() => act(() => publicActs.seed())}
      done={t("smart.platform.seeded")}
    />
  );
  const { offset, limit, sort } = readList(params, SORTS);
  const [enabled] = readChoices(params, "enabled", YES_NO);
  const list = usePublicCards({
    offset,
    limit,
    // `readList` lets through nothing else.
    sort: sort as PublicCardQuery["sort"],
    name: params.get("name") ?? undefined,
    tpl_id: params.get("id") ?? undefined,
    is_enabled: enabled === undefined ? undefined : enabled === "yes",
  });
  return (
    <>
      <Card>
        <FilterBar name="public-cards" filters={filters} />
      </Card>
      <DataTable<PublicCard>
        name="public-cards"
        columns={useColumns(setOpenId)}
        rowKey={(row) => row.template.tpl_id}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("smart.nonePublic"), note: t("smart.platform.noneNote") }}
        actions={seed}
      />
      <PublicCardDrawer tplId={openId} close={() => setOpenId(null)} />
    </>
  );
}
