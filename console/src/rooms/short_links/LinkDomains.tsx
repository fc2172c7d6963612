import { PlusOutlined } from "@ant-design/icons";
import { Button, Card, Space, Tag } from "antd";
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
import { DomainCheckButton } from "@/rooms/short_links/DomainCheckButton";
import { DomainDrawer, NewDomain } from "@/rooms/short_links/DomainDrawers";
import { domainActs, type LinkDomain, useDomainAct, useLinkDomains } from "@/rooms/short_links/queries";
import { DOMAIN_STATES, DOMAIN_TONES } from "@/rooms/short_links/words";

const NAME_CHARS = 100;
const OWNERS = ["own", "public"] as const;

/** What can be done with a domain in its state, by who may. */
function DomainActions({ domain, open, again }: { domain: LinkDomain; open: () => void; again: () => void }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const act = useDomainAct();
  const { domain_id: id, domain: name, state, is_public: isPublic } = domain;
  const mayEdit = may(session, "hongyan:linkDomain:edit") && !isPublic;
  return (
    <Space size={0} wrap>
      <Button type="link" size="small" onClick={open}>
        {t("sms.details")}
      </Button>
      <DomainCheckButton domain={domain} />
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
          act={() => act(() => domainActs.urge(id))}
          done={t("sms.urged")}
        />
      )}
      {mayEdit && state === "active" && (
        <ConfirmAction
          type="link"
          size="small"
          isDanger
          text={t("short_links.domain.disable")}
          ask={t("short_links.domain.disableAsk", { name })}
          consequence={
            <>
              <p>{t("short_links.domain.disableText")}</p>
              <Waiting what="link_domain" ids={[name]} />
            </>
          }
          takes={[t("short_links.domain.disableLinks"), t("short_links.domain.disableName")]}
          typed={name}
          act={() => act(() => domainActs.disable(id))}
          done={t("short_links.domain.disabledDone")}
        />
      )}
    </Space>
  );
}

/** 域名管理: where links live. */
export function LinkDomains() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const [params] = useFilters();
  const [openId, setOpenId] = useState<number | null>(null);
  const [handing, setHanding] = useState<LinkDomain | "new" | null>(null);
  const filters: Filter[] = [
    { kind: "text", name: "name", label: t("short_links.domain.name"), maxLength: NAME_CHARS },
    {
      kind: "choices",
      name: "state",
      label: t("short_links.domain.state"),
      choices: DOMAIN_STATES.map((value) => ({ value, label: t(`short_links.domainState.${value}`) })),
    },
    {
      kind: "choices",
      name: "owner",
      isSingle: true,
      width: 130,
      label: t("short_links.domain.owner"),
      choices: OWNERS.map((value) => ({ value, label: t(`short_links.domain.${value}`) })),
    },
  ];
  const [owner] = readChoices(params, "owner", OWNERS);
  const list = useLinkDomains({
    ...readList(params, ["domain", "state", "created_at"]),
    name: params.get("name") ?? undefined,
    state: readChoices(params, "state", DOMAIN_STATES),
    is_public: owner === undefined ? undefined : owner === "public",
  });
  const columns: DataColumn<LinkDomain>[] = [
    {
      key: "domain",
      title: t("short_links.domain.name"),
      width: 220,
      isAlways: true,
      sort: "domain",
      render: ({ domain, is_preset: isPreset, is_public: isPublic }) => (
        <Space size={6} wrap>
          <span className="mono" style={{ overflowWrap: "anywhere" }}>{domain}</span>
          {isPublic && <Tag>{t(isPreset ? "short_links.domain.preset" : "short_links.domain.public")}</Tag>}
        </Space>
      ),
    },
    { key: "codes", title: t("short_links.domain.ownCodes"), width: 110, render: ({ kind }) => t(kind === "custom" ? "short_links.domain.yes" : "short_links.domain.no") },
    {
      key: "state",
      title: t("short_links.domain.state"),
      width: 110,
      sort: "state",
      render: ({ state, reason, is_asked_back: isAskedBack }) => (
        <StateTag state={state} tone={DOMAIN_TONES[state]} text={t(`short_links.domainState.${state}`)} reason={reason} isAskedBack={isAskedBack} />
      ),
    },
    { key: "reason", title: t("short_links.domain.reason"), width: 190, render: ({ reason }) => <span style={{ overflowWrap: "anywhere" }}>{reason === "" ? "–" : reason}</span> },
    { key: "created", title: t("sms.created"), width: 172, sort: "created_at", render: (row) => <span className="nowrap">{formatTime(row.created_at, zone)}</span> },
    {
      key: "actions",
      title: t("list.actions"),
      width: 210,
      isAlways: true,
      render: (row) => <DomainActions domain={row} open={() => setOpenId(row.domain_id)} again={() => setHanding(row)} />,
    },
  ];
  const add = may(session, "hongyan:linkDomain:edit") && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setHanding("new")}>
      {t("short_links.domain.add")}
    </Button>
  );
  return (
    <Page
      title={t("short_links.domain.menu")}
      note={t("short_links.domain.note")}
      crumbs={[{ text: t("menuGroup.aimConfig") }, { text: t("short_links.domain.menu") }]}
      actions={add}
    >
      <Card>
        <FilterBar name="link-domains" filters={filters} />
      </Card>
      <DataTable<LinkDomain>
        name="link-domains"
        columns={columns}
        rowKey={(row) => String(row.domain_id)}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("short_links.domain.none"), note: t("short_links.domain.noneNote") }}
      />
      <NewDomain old={handing} close={() => setHanding(null)} />
      <DomainDrawer domainId={openId} close={() => setOpenId(null)} />
    </Page>
  );
}
