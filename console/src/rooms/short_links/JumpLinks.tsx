import { PlusOutlined } from "@ant-design/icons";
import { Button, Card, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readList, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { Waiting } from "@/rooms/campaigns/Waiting";
import { may, useSignedIn } from "@/rooms/identity/session";
import { JumpLinkDrawer, JumpLinkForm } from "@/rooms/short_links/JumpLinkDrawers";
import { JUMP_STATES, JUMP_TONES, type JumpLink, jumpActs, useJumpAct, useJumpLinks } from "@/rooms/short_links/jumpQueries";

const TEXT_CHARS = 200;

/** What can be done with a link in its state, by who may. */
function JumpLinkActions({ link, open, again }: { link: JumpLink; open: () => void; again: () => void }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const act = useJumpAct();
  const { link_id: id, name, state, url } = link;
  const mayEdit = may(session, "hongyan:linkDomain:edit");
  return (
    <Space size={0} wrap>
      <Button type="link" size="small" onClick={open}>
        {t("sms.details")}
      </Button>
      {mayEdit && state === "rejected" && (
        <Button type="link" size="small" onClick={again}>
          {t("sms.modify")}
        </Button>
      )}
      {mayEdit && state === "reviewing" && (
        <ConfirmAction
          type="link"
          size="small"
          text={t("sms.urge")}
          ask={t("sms.urgeAsk", { name })}
          consequence={t("sms.urgeText")}
          act={() => act(() => jumpActs.urge(id))}
          done={t("sms.urged")}
        />
      )}
      {mayEdit && (
        <ConfirmAction
          type="link"
          size="small"
          isDanger
          text={t("short_links.jump.delete")}
          ask={t("short_links.jump.deleteAsk", { name })}
          consequence={
            <>
              <p>{t("short_links.jump.deleteText")}</p>
              <Waiting what="jump_link" ids={[url]} />
            </>
          }
          takes={state === "reviewing" ? [t("short_links.jump.deleteReview")] : undefined}
          act={() => act(() => jumpActs.remove(id))}
          done={t("short_links.jump.deleted")}
        />
      )}
    </Space>
  );
}

/** 自定义跳转链接管理: pages that a tap on a plain link opens. */
export function JumpLinks() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const [params] = useFilters();
  const [openId, setOpenId] = useState<number | null>(null);
  const [handing, setHanding] = useState<JumpLink | "new" | null>(null);
  const filters: Filter[] = [
    { kind: "text", name: "text", label: t("short_links.jump.text"), maxLength: TEXT_CHARS, width: 220 },
    {
      kind: "choices",
      name: "state",
      label: t("short_links.jump.state"),
      choices: JUMP_STATES.map((value) => ({ value, label: t(`short_links.jump.stateName.${value}`) })),
    },
  ];
  const list = useJumpLinks({ ...readList(params, ["name", "created_at"]), text: params.get("text") ?? undefined, state: readChoices(params, "state", JUMP_STATES) });
  const columns: DataColumn<JumpLink>[] = [
    { key: "name", title: t("short_links.jump.name"), width: 140, isAlways: true, sort: "name", render: ({ name }) => <span style={{ overflowWrap: "anywhere" }}>{name}</span> },
    {
      key: "url",
      title: t("short_links.jump.url"),
      width: 240,
      render: ({ url }) => (
        <a href={url} target="_blank" rel="noopener noreferrer" title={t("short_links.jump.open")} style={{ overflowWrap: "anywhere" }}>
          {url}
        </a>
      ),
    },
    {
      key: "state",
      title: t("short_links.jump.state"),
      width: 92,
      render: ({ state, reason, is_asked_back: isAskedBack }) => (
        <StateTag state={state} tone={JUMP_TONES[state]} text={t(`short_links.jump.stateName.${state}`)} reason={reason} isAskedBack={isAskedBack} />
      ),
    },
    { key: "reason", title: t("short_links.jump.reason"), width: 140, render: ({ reason }) => <span style={{ overflowWrap: "anywhere" }}>{reason === "" ? "–" : reason}</span> },
    { key: "by", title: t("short_links.jump.by"), width: 130, isHiddenAtFirst: true, render: (row) => row.created_by },
    { key: "created", title: t("sms.created"), width: 172, sort: "created_at", render: (row) => <span className="nowrap">{formatTime(row.created_at, zone)}</span> },
    {
      key: "actions",
      title: t("list.actions"),
      width: 196,
      isAlways: true,
      render: (row) => <JumpLinkActions link={row} open={() => setOpenId(row.link_id)} again={() => setHanding(row)} />,
    },
  ];
  const add = may(session, "hongyan:linkDomain:edit") && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setHanding("new")}>
      {t("short_links.jump.add")}
    </Button>
  );
  return (
    <Page
      title={t("short_links.jump.menu")}
      note={t("short_links.jump.note")}
      crumbs={[{ text: t("menuGroup.aimConfig") }, { text: t("short_links.jump.menu") }]}
      actions={add}
    >
      <Card>
        <FilterBar name="jump-links" filters={filters} />
      </Card>
      <DataTable<JumpLink>
        name="jump-links"
        columns={columns}
        rowKey={(row) => String(row.link_id)}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("short_links.jump.none"), note: t("short_links.jump.noneNote") }}
      />
      <JumpLinkForm old={handing} close={() => setHanding(null)} />
      <JumpLinkDrawer linkId={openId} close={() => setOpenId(null)} />
    </Page>
  );
}
