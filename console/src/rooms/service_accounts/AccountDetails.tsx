import "@/rooms/service_accounts/accounts.css";

import { Alert, Card, Descriptions, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import { FileList } from "@/kit/FileList";
import { formatTime } from "@/kit/format";
import { History } from "@/kit/History";
import { Page } from "@/kit/Page";
import { RejectReason } from "@/kit/RejectReason";
import { StateTag } from "@/kit/StateTag";
import { isAskedBack } from "@/kit/stories";
import { Trouble } from "@/kit/Trouble";
import { may, useSignedIn } from "@/rooms/identity/session";
import { ApprovalTag } from "@/rooms/service_accounts/ApprovalTag";
import { AccountActions } from "@/rooms/service_accounts/AccountActions";
import { AccountPhone } from "@/rooms/service_accounts/AccountPhone";
import { type AccountValues, factsValues, menuValues, portalValues } from "@/rooms/service_accounts/accountForm";
import { PartActions } from "@/rooms/service_accounts/PartActions";
import { type AccountPart, type AccountSheet, useAccount } from "@/rooms/service_accounts/queries";
import { industryKey, STATE_TONES, useStoryEvents } from "@/rooms/service_accounts/words";

/** State and approval beside a title. */
function Marks({ of }: { of: Pick<AccountPart, "state" | "approval" | "review_desc" | "is_asked_back"> }) {
  const { t } = useTranslation();
  return (
    <>
      <StateTag state={of.state} tone={STATE_TONES[of.state]} text={t(`service_accounts.stateName.${of.state}`)} />
      <ApprovalTag of={of} />
    </>
  );
}

function PartCard({ part }: { part: AccountPart }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const eventsOf = useStoryEvents();
  const { menu, portal, stories } = part;
  const rows =
    menu === null
      ? [
          { key: "summary", label: t("service_accounts.portal.summary"), children: portal?.summary },
          ...(portal?.tels ?? []).map(({ tel, usage }, index) => ({ key: `tel-${index}`, label: usage, children: tel })),
          ...(portal?.fastapps ?? []).map(({ name, deeplink }, index) => ({ key: `app-${index}`, label: name, children: <span className="mono">{deeplink}</span> })),
        ]
      : (menu.menu_items ?? []).flatMap((item, index) => [
          { key: String(index), label: item.name, children: `${t(`service_accounts.action.${item.action_type}`)} ${item.content}` },
          ...(item.sub_menu_items ?? []).map((child, at) => ({
            key: `${index}-${at}`,
            label: `${item.name} / ${child.name}`,
            children: `${t(`service_accounts.action.${child.action_type}`)} ${child.content}`,
          })),
        ]);
  return (
    <Card
      title={
        <span style={{ display: "inline-flex", gap: 8, alignItems: "center" }}>
          {t(part.kind === "menu" ? "service_accounts.menu.title" : "service_accounts.portal.title")}
          <Marks of={part} />
        </span>
      }
      extra={<PartActions part={part} />}
      data-part={part.kind}
    >
      <div className="stack">
        {part.approval === "rejected" && <RejectReason isAskedBack={isAskedBack(stories)} reason={stories[0]?.reason ?? ""} />}
        {part.approval === "reviewing" && part.has_live && <Alert type="info" showIcon title={t("service_accounts.liveStays")} />}
        <Descriptions column={1} bordered size="small" items={rows} styles={{ content: { overflowWrap: "anywhere" } }} />
        <History events={eventsOf(stories)} zone={zone} />
      </div>
    </Card>
  );
}

function Details({ sheet }: { sheet: AccountSheet }) {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const eventsOf = useStoryEvents();
  const { account, live, draft, parts, stories } = sheet;
  const form = draft ?? live;
  if (form === null) {
    return null;
  }
  const tenantId = session.tenant?.id ?? "";
  const words = { logo: t("service_accounts.account.logo"), proof: t("service_accounts.account.proof"), background: t("service_accounts.portal.background") };
  const facts = factsValues(form, tenantId, words);
  const menu = parts.find((part) => part.kind === "menu")?.menu;
  const portal = parts.find((part) => part.kind === "portal")?.portal;
  const values: Partial<AccountValues> = {
    ...facts,
    ...(menu == null ? {} : menuValues(menu)),
    ...(portal == null ? {} : portalValues(portal, tenantId, words)),
  };
  const comma = t("service_accounts.comma");
  const auto = form.auto_get_port
    ? `${(facts.signs_for_auto_get_port ?? []).join(comma)} (${(facts.areas_for_auto_get_port ?? []).join(comma)})`
    : t("service_accounts.account.autoByHand");
  const rows = [
    { key: "remark", label: t("service_accounts.account.remark"), children: form.pub_remark === "" ? "–" : form.pub_remark },
    { key: "industry", label: t("service_accounts.account.industry"), children: t(`service_accounts.industry.${industryKey(form.industry)}`) },
    { key: "abstract", label: t("service_accounts.account.abstract"), children: form.pub_abstract },
    { key: "auto", label: t("service_accounts.account.auto"), children: auto },
    ...(account.change_reason === "" ? [] : [{ key: "why", label: t("service_accounts.changeReason"), children: account.change_reason }]),
    { key: "online", label: t("service_accounts.online"), children: formatTime(account.online_at, zone) },
    { key: "created", label: t("service_accounts.created"), children: formatTime(account.created_at, zone) },
  ];
  return (
    <Page
      title={form.pub_name}
      marks={<Marks of={account} />}
      note={account.state === "not_effective" ? t("service_accounts.account.reviewNote") : undefined}
      crumbs={[{ text: t("menuGroup.serviceAccounts") }, { text: t("service_accounts.account.menu"), to: "/service-accounts" }, { text: form.pub_name }]}
      actions={
        <>
          {account.has_live && may(session, "kooMessage:devTemplateReport:list") && (
            <Link to={`/reports/service-accounts?pub_id=${account.pub_id}`} style={{ alignSelf: "center" }}>
              {t("service_accounts.report")}
            </Link>
          )}
          <AccountActions account={account} />
        </>
      }
    >
      <div className="account-columns">
        <div className="stack">
          {account.approval === "rejected" && <RejectReason isAskedBack={isAskedBack(stories)} reason={account.review_desc} />}
          {account.approval === "reviewing" && account.has_live && <Alert type="info" showIcon title={t("service_accounts.liveStays")} />}
          <Card title={t("service_accounts.step.facts")}>
            <div className="stack">
              <Descriptions column={1} bordered size="small" items={rows} />
              <h3>{t("service_accounts.account.proof")}</h3>
              <FileList files={facts.authorization_files ?? []} />
              <h3>{t("service_accounts.history")}</h3>
              <History events={eventsOf(stories)} zone={zone} />
            </div>
          </Card>
          {parts.map((part) => (
            <PartCard key={part.part_id} part={part} />
          ))}
        </div>
        <aside>
          <AccountPhone values={values} />
        </aside>
      </div>
    </Page>
  );
}

/** One account: what is in effect or handed in, its menus and home page, what the desk said. */
export function AccountDetails() {
  const { pubId = "" } = useParams();
  const { data, error, refetch } = useAccount(pubId);
  if (data === undefined) {
    return error === null ? <Skeleton active paragraph={{ rows: 10 }} /> : <Trouble error={error} retry={() => void refetch()} />;
  }
  return <Details sheet={data} />;
}
