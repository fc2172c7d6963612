import "@/rooms/service_accounts/accounts.css";

import { App, Card, Form, Input, Skeleton } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";

import { Page } from "@/kit/Page";
import { ServerForm } from "@/kit/ServerForm";
import { Trouble } from "@/kit/Trouble";
import { useSignedIn } from "@/rooms/identity/session";
import { AccountPhone } from "@/rooms/service_accounts/AccountPhone";
import {
  type AccountValues,
  factsOf,
  factsValues,
  menuOf,
  menuValues,
  portalOf,
  portalValues,
} from "@/rooms/service_accounts/accountForm";
import { FactsFields } from "@/rooms/service_accounts/FactsFields";
import { MenuFields } from "@/rooms/service_accounts/MenuFields";
import { PortalFields } from "@/rooms/service_accounts/PortalFields";
import { type AccountSheet, acts, useAccount, useAct } from "@/rooms/service_accounts/queries";

type Kind = "facts" | "menu" | "portal";
type Values = AccountValues & { change_reason: string };

const REASON_CHARS = 200;
const FIELDS: Record<Kind, ReactNode> = { facts: <FactsFields />, menu: <MenuFields />, portal: <PortalFields /> };

function useAll(sheet: AccountSheet): Partial<AccountValues> {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const tenantId = session.tenant?.id ?? "";
  const words = { logo: t("service_accounts.account.logo"), proof: t("service_accounts.account.proof"), background: t("service_accounts.portal.background") };
  const form = sheet.draft ?? sheet.live;
  const menu = sheet.parts.find((part) => part.kind === "menu")?.menu;
  const portal = sheet.parts.find((part) => part.kind === "portal")?.portal;
  return {
    ...(form === null ? {} : factsValues(form, tenantId, words)),
    ...(menu == null ? {} : menuValues(menu)),
    ...(portal == null ? {} : portalValues(portal, tenantId, words)),
  };
}

/** A part of an account, changed: it goes to review while what is in effect stays. */
function ChangeForm({ sheet, kind }: { sheet: AccountSheet; kind: Kind }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const act = useAct();
  const all = useAll(sheet);
  const [values, setValues] = useState<Partial<AccountValues>>(all);
  const { pub_id: pubId, name } = sheet.account;
  const path = `/service-accounts/${pubId}`;
  const title = t(`service_accounts.change.${kind}`);
  const partId = sheet.parts.find((part) => part.kind === kind)?.part_id ?? "";

  async function submit(filled: Values): Promise<void> {
    const change_reason = filled.change_reason;
    if (kind === "facts") {
      await act(() => acts.change(pubId, { ...factsOf(filled), change_reason }));
    } else if (kind === "menu") {
      await act(() => acts.changeMenu(partId, { ...menuOf(filled), change_reason }));
    } else {
      await act(() => acts.changePortal(partId, { ...portalOf(filled), change_reason }));
    }
  }

  return (
    <Page
      title={title}
      note={t("service_accounts.liveStays")}
      crumbs={[{ text: t("menuGroup.serviceAccounts") }, { text: t("service_accounts.account.menu"), to: "/service-accounts" }, { text: name, to: path }, { text: title }]}
    >
      <div className="account-columns">
        <Card>
          <ServerForm<Values>
            name={`service-${kind}`}
            initialValues={all}
            submit={submit}
            onDone={() => {
              void message.success(t("service_accounts.submittedDone"));
              void navigate(path);
            }}
            onValuesChange={(_, filled) => setValues({ ...all, ...filled })}
            submitText={t("service_accounts.submit")}
            cancel={() => void navigate(path)}
          >
            {FIELDS[kind]}
            <Form.Item
              name="change_reason"
              label={t("service_accounts.changeReason")}
              rules={[{ required: true, whitespace: true, message: t("service_accounts.changeReasonMissing") }]}
              style={{ marginTop: 16 }}
            >
              <Input.TextArea rows={2} maxLength={REASON_CHARS} showCount />
            </Form.Item>
          </ServerForm>
        </Card>
        <aside>
          <AccountPhone values={values} />
        </aside>
      </div>
    </Page>
  );
}

function Loaded({ kind }: { kind: Kind }) {
  const { pubId = "" } = useParams();
  const { data, error, refetch } = useAccount(pubId);
  if (data === undefined) {
    return error === null ? <Skeleton active paragraph={{ rows: 10 }} /> : <Trouble error={error} retry={() => void refetch()} />;
  }
  return <ChangeForm key={pubId} sheet={data} kind={kind} />;
}

/** 修改服务号. */
export function ChangeAccount() {
  return <Loaded kind="facts" />;
}

/** 修改菜单. */
export function ChangeMenu() {
  return <Loaded kind="menu" />;
}

/** 修改主页. */
export function ChangePortal() {
  return <Loaded kind="portal" />;
}
