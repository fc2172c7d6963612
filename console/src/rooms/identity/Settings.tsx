import { App, Card, Descriptions, Form, Input } from "antd";
import { useTranslation } from "react-i18next";

import { LanguageSwitch } from "@/app/LanguageSwitch";
import { ThemeSwitch } from "@/app/ThemeSwitch";
import { Page } from "@/kit/Page";
import { ServerForm } from "@/kit/ServerForm";
import { acts } from "@/rooms/identity/queries";
import { SecondFactorCard } from "@/rooms/identity/SecondFactorCard";
import { SessionsCard } from "@/rooms/identity/SessionsCard";
import { useSignedIn, useSignOut } from "@/rooms/identity/session";

interface Passwords {
  old_password: string;
  new_password: string;
  repeat: string;
}

const PASSWORD_CHARS = 128;

function PasswordCard() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const signOut = useSignOut();
  const missing = { required: true, message: t("identity.settings.missing") };
  return (
    <Card title={t("identity.settings.password")}>
      <p>{t("identity.settings.passwordNote")}</p>
      <ServerForm<Passwords>
        name="password"
        guard={false}
        submit={({ old_password, new_password }) => acts.changePassword({ old_password, new_password })}
        onDone={() => {
          message.success(t("identity.settings.passwordDone"));
          signOut.mutate();
        }}
        submitText={t("identity.settings.passwordSubmit")}
      >
        <div style={{ maxWidth: 420 }}>
          <Form.Item name="old_password" label={t("identity.settings.old")} rules={[missing]}>
            <Input.Password autoComplete="current-password" maxLength={PASSWORD_CHARS} />
          </Form.Item>
          <Form.Item name="new_password" label={t("identity.settings.new")} extra={t("identity.settings.rules")} rules={[missing]}>
            <Input.Password autoComplete="new-password" maxLength={PASSWORD_CHARS} />
          </Form.Item>
          <Form.Item
            name="repeat"
            label={t("identity.settings.repeat")}
            dependencies={["new_password"]}
            rules={[
              missing,
              ({ getFieldValue }) => ({
                validator: (_, value) =>
                  value === undefined || value === "" || value === getFieldValue("new_password")
                    ? Promise.resolve()
                    : Promise.reject(new Error(t("identity.settings.differs"))),
              }),
            ]}
          >
            <Input.Password autoComplete="new-password" maxLength={PASSWORD_CHARS} />
          </Form.Item>
        </div>
      </ServerForm>
    </Card>
  );
}

/** 个人设置: what concerns the own sign-in. */
export function Settings() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  return (
    <Page title={t("identity.menu.settings")} note={t("identity.settings.note")}>
      <Card title={t("identity.settings.profile")}>
        <Descriptions
          column={{ xs: 1, md: 2 }}
          items={[
            { key: "name", label: t("identity.name"), children: session.user.name },
            { key: "account", label: t("identity.settings.account"), children: session.tenant?.name ?? t("identity.settings.platform") },
            { key: "roles", label: t("identity.people.roles"), children: session.user.roles.map((role) => t(`role.${role}`)).join(", ") },
            { key: "zone", label: t("identity.settings.zone"), children: <span title={t("identity.settings.zoneNote")}>{zone}</span> },
            { key: "language", label: t("identity.settings.language"), children: <LanguageSwitch /> },
            { key: "theme", label: t("identity.settings.theme"), children: <ThemeSwitch isNamed /> },
          ]}
        />
      </Card>
      <SecondFactorCard />
      <SessionsCard />
      <PasswordCard />
    </Page>
  );
}
