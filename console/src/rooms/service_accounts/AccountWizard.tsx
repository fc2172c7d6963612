import { App, Descriptions, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { Trouble } from "@/kit/Trouble";
import { WizardPage } from "@/kit/WizardPage";
import { useSignedIn } from "@/rooms/identity/session";
import { AccountPhone } from "@/rooms/service_accounts/AccountPhone";
import { type AccountValues, bodyOf, COUNTRY, type ItemValues } from "@/rooms/service_accounts/accountForm";
import { FactsFields } from "@/rooms/service_accounts/FactsFields";
import { MenuFields } from "@/rooms/service_accounts/MenuFields";
import { PortalFields } from "@/rooms/service_accounts/PortalFields";
import { acts, type Guide, useAct, useGuide } from "@/rooms/service_accounts/queries";
import { industryKey } from "@/rooms/service_accounts/words";

const FACTS = ["pub_name", "pub_remark", "industry", "pub_abstract", "logo_img", "auto_get_port", "signs_for_auto_get_port", "areas_for_auto_get_port", "authorization_files"];

/** Everything that was filled in, to be checked. */
function Summary({ values, guide }: { values: AccountValues; guide: Guide }) {
  const { t } = useTranslation();
  const areas = values.areas_for_auto_get_port ?? [];
  const auto = values.auto_get_port
    ? `${(values.signs_for_auto_get_port ?? []).join(t("service_accounts.comma"))} (${areas.length === 0 ? t("service_accounts.country") : areas.join(t("service_accounts.comma"))})`
    : t("service_accounts.account.autoByHand");
  const nameOf = ({ name = "", sub_menu_items: children = [], action_type: action }: ItemValues) =>
    action === "OPEN_SUBMENU" && children.length > 0 ? `${name} (${children.map((child) => child.name ?? "").join(t("service_accounts.comma"))})` : name;
  const items = [
    { key: "company", label: t("service_accounts.company"), children: guide.company },
    { key: "name", label: t("service_accounts.account.name"), children: values.pub_name },
    { key: "remark", label: t("service_accounts.account.remark"), children: values.pub_remark ?? "" },
    { key: "industry", label: t("service_accounts.account.industry"), children: t(`service_accounts.industry.${industryKey(values.industry ?? guide.industry)}`) },
    { key: "abstract", label: t("service_accounts.account.abstract"), children: values.pub_abstract },
    { key: "auto", label: t("service_accounts.account.auto"), children: auto },
    { key: "menu", label: t("service_accounts.menu.title"), children: values.menu_items.map(nameOf).join(" / ") },
    { key: "summary", label: t("service_accounts.portal.summary"), children: values.summary },
    { key: "tels", label: t("service_accounts.portal.tels"), children: values.tels.map(({ tel = "", usage = "" }) => `${usage} ${tel}`).join(t("service_accounts.comma")) },
    { key: "apps", label: t("service_accounts.portal.apps"), children: values.fastapps.map(({ name = "" }) => name).join(t("service_accounts.comma")) },
  ].filter(({ children }) => children !== "");
  return (
    <>
      <Descriptions column={1} bordered size="small" items={items} />
      <p className="faint">{t("service_accounts.account.reviewNote")}</p>
    </>
  );
}

function Wizard({ guide }: { guide: Guide }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const act = useAct();
  const title = t("service_accounts.account.add");
  return (
    <WizardPage<AccountValues>
      name="service-account"
      title={title}
      note={t("service_accounts.account.addNote")}
      crumbs={[{ text: t("menuGroup.serviceAccounts") }, { text: t("service_accounts.account.menu"), to: "/service-accounts" }, { text: title }]}
      draft={{ user: session.user.id, form: "service-account" }}
      initialValues={{
        industry: guide.industry === 0 ? undefined : guide.industry,
        auto_get_port: true,
        areas_for_auto_get_port: [COUNTRY],
        menu_items: [{ action_type: "OPEN_SUBMENU", sub_menu_items: [{ action_type: "OPEN_URL" }] }],
        tels: [{}],
        fastapps: [],
      }}
      steps={[
        { key: "facts", title: t("service_accounts.step.facts"), fields: FACTS, body: <FactsFields /> },
        { key: "menu", title: t("service_accounts.step.menu"), fields: ["menu_items"], body: <MenuFields /> },
        { key: "portal", title: t("service_accounts.step.portal"), fields: ["background_img", "summary", "tels", "fastapps"], body: <PortalFields /> },
      ]}
      summary={(values) => <Summary values={values} guide={guide} />}
      aside={(values) => <AccountPhone values={values} />}
      submit={(values) => act(() => acts.create(bodyOf(values)))}
      onDone={() => {
        void message.success(t("service_accounts.account.submitted"));
        void navigate("/service-accounts");
      }}
      submitText={t("service_accounts.submit")}
      cancel={() => void navigate("/service-accounts")}
    />
  );
}

/** 创建服务号: three steps, submitted together. */
export function AccountWizard() {
  const { data, error, refetch } = useGuide();
  if (data === undefined) {
    return error === null ? <Skeleton active paragraph={{ rows: 10 }} /> : <Trouble error={error} retry={() => void refetch()} />;
  }
  return <Wizard guide={data} />;
}
