import { App, Checkbox, Drawer, Form, Input } from "antd";
import type { ComponentProps } from "react";
import { useTranslation } from "react-i18next";

import { ServerForm } from "@/kit/ServerForm";
import { PasswordField } from "@/rooms/identity/PasswordField";
import { acts, type Person, useAct } from "@/rooms/identity/queries";
import { PLATFORM_ROLES, TENANT_ROLES } from "@/rooms/identity/RoleMatrix";
import type { Role } from "@/rooms/identity/session";

export type Doing = { what: "create" } | { what: "roles" | "password"; person: Person };

interface Values {
  name: string;
  email?: string;
  roles: Role[];
  password: string;
  temporary: boolean;
}

const NAME_CHARS = 64;
const EMAIL_CHARS = 254;

/** A group of boxes; that one is needed is said by the mark at its label, as no group may say it of itself. */
function RoleBoxes(props: ComponentProps<typeof Checkbox.Group>) {
  return <Checkbox.Group {...props} {...{ "aria-required": undefined }} />;
}

function RolesField({ isPlatform }: { isPlatform: boolean }) {
  const { t } = useTranslation();
  const roles = isPlatform ? PLATFORM_ROLES : TENANT_ROLES;
  return (
    <Form.Item
      name="roles"
      label={t("identity.people.roles")}
      extra={t("identity.people.rolesHint")}
      rules={[{ required: true, message: t("identity.people.rolesMissing") }]}
    >
      <RoleBoxes options={roles.map((value) => ({ value, label: t(`role.${value}`) }))} />
    </Form.Item>
  );
}

function TemporaryField() {
  const { t } = useTranslation();
  return (
    <Form.Item name="temporary" valuePropName="checked" extra={t("identity.people.temporaryHint")}>
      <Checkbox>{t("identity.people.temporary")}</Checkbox>
    </Form.Item>
  );
}

/** The forms about people: create one, give other roles, reset a password. */
export function PersonDrawer({ doing, isPlatform, close }: { doing: Doing | null; isPlatform: boolean; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const act = useAct();
  if (doing === null) {
    return null;
  }
  const name = doing.what === "create" ? "" : doing.person.name;
  const titles = {
    create: t("identity.people.add"),
    roles: t("identity.people.changeRolesOf", { name }),
    password: t("identity.people.resetOf", { name }),
  };
  const said = { create: t("identity.people.added"), roles: t("identity.people.rolesChanged"), password: t("identity.people.resetDone") };

  async function submit(values: Values): Promise<unknown> {
    if (doing?.what === "create") {
      const email = values.email?.trim() ?? "";
      return await act(() => acts.createPerson({ ...values, name: values.name.trim(), email: email === "" ? null : email }));
    }
    if (doing?.what === "roles") {
      return await act(() => acts.changePerson(doing.person.id, { roles: values.roles }));
    }
    if (doing !== null) {
      await act(() => acts.resetPassword(doing.person.id, { password: values.password, temporary: values.temporary }));
    }
    return null;
  }

  return (
    <Drawer open onClose={close} title={titles[doing.what]} size={480}>
      <ServerForm<Values>
        name="person"
        guard={false}
        initialValues={{ temporary: true, roles: doing.what === "create" ? [] : doing.person.roles }}
        submit={submit}
        onDone={() => {
          message.success(said[doing.what]);
          close();
        }}
        submitText={t("identity.ok")}
        cancel={close}
      >
        {doing.what === "create" && (
          <>
            <Form.Item
              name="name"
              label={t("identity.name")}
              extra={t("identity.people.nameHint")}
              rules={[{ required: true, whitespace: true, message: t("identity.people.nameMissing") }]}
            >
              <Input maxLength={NAME_CHARS} autoComplete="off" />
            </Form.Item>
            <Form.Item name="email" label={t("identity.people.email")} rules={[{ type: "email", message: t("identity.people.emailBad") }]}>
              <Input maxLength={EMAIL_CHARS} inputMode="email" autoComplete="off" />
            </Form.Item>
          </>
        )}
        {doing.what !== "password" && <RolesField isPlatform={isPlatform} />}
        {doing.what === "password" && <p>{t("identity.people.resetText")}</p>}
        {doing.what !== "roles" && (
          <>
            <PasswordField label={t(doing.what === "create" ? "identity.people.first" : "identity.people.newPassword")} />
            <TemporaryField />
          </>
        )}
      </ServerForm>
    </Drawer>
  );
}
