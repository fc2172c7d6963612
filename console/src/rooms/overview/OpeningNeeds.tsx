import { CheckCircleFilled, ClockCircleFilled } from "@ant-design/icons";
import { App, Button, Form, Input } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { ServerForm } from "@/kit/ServerForm";
import { COLOURS } from "@/kit/theme";
import { may, useSignedIn } from "@/rooms/identity/session";
import { type Account, useBindEmail } from "@/rooms/overview/services";

function Need({ name, isMet, children }: { name: string; isMet: boolean; children: ReactNode }) {
  return (
    <li data-met={isMet}>
      {isMet ? (
        <CheckCircleFilled aria-hidden style={{ color: COLOURS.good }} />
      ) : (
        <ClockCircleFilled aria-hidden style={{ color: COLOURS.unclear }} />
      )}
      <div>
        <strong>{name}</strong>
        {children}
      </div>
    </li>
  );
}

function EmailForm({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const bind = useBindEmail();
  return (
    <ServerForm<{ email: string }>
      name="email"
      submit={({ email }) => bind.mutateAsync(email)}
      onDone={() => {
        message.success(t("overview.services.emailSaved"));
        close();
      }}
      submitText={t("overview.services.emailBind")}
      guard={false}
    >
      <Form.Item
        name="email"
        label={t("overview.services.emailLabel")}
        rules={[{ required: true, whitespace: true, message: t("overview.services.emailMissing") }]}
        style={{ marginBottom: 12 }}
      >
        <Input type="email" autoComplete="email" maxLength={254} />
      </Form.Item>
    </ServerForm>
  );
}

/** What opening a service needs, what of it is done, and binding the e-mail address. */
export function OpeningNeeds({ account }: { account: Account }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const [isChanging, setChanging] = useState(false);
  const isAdmin = may(session, "hongyan:service:open");
  const isVerified = account.real_name === "verified";
  const email = account.contact_email;
  return (
    <ul className="needs" aria-label={t("overview.services.needs")}>
      <Need name={t("overview.services.realName")} isMet={isVerified}>
        <p>
          {isVerified
            ? t("overview.services.realNameDone", { name: account.legal_name, code: account.credit_code })
            : t("overview.services.realNameNone")}
        </p>
      </Need>
      <Need name={t("overview.services.email")} isMet={email !== null}>
        <p>
          {email === null ? t("overview.services.emailNone") : t("overview.services.emailDone", { email })}
          {isAdmin && email !== null && !isChanging && (
            <Button type="link" size="small" onClick={() => setChanging(true)}>
              {t("overview.services.emailChange")}
            </Button>
          )}
        </p>
        {isAdmin && (email === null || isChanging) && <EmailForm close={() => setChanging(false)} />}
      </Need>
      <Need name={t("overview.services.admin")} isMet={isAdmin}>
        <p>{t(isAdmin ? "overview.services.adminYes" : "overview.services.adminNo")}</p>
      </Need>
    </ul>
  );
}
