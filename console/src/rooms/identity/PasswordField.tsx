import { Button, Form, Input, Space } from "antd";
import { useTranslation } from "react-i18next";

import { randomPassword } from "@/rooms/identity/secrets";

const MAX_CHARS = 128;

function Filled({ value = "", onChange, id }: { value?: string; onChange?: (value: string) => void; id?: string }) {
  const { t } = useTranslation();
  return (
    <Space.Compact block>
      <Input value={value} onChange={(event) => onChange?.(event.target.value)} id={id} autoComplete="off" maxLength={MAX_CHARS} />
      <Button onClick={() => onChange?.(randomPassword())}>{t("identity.people.generate")}</Button>
    </Space.Compact>
  );
}

/** A password that somebody sets for somebody else: readable, for it is passed on. */
export function PasswordField({ label }: { label: string }) {
  const { t } = useTranslation();
  return (
    <Form.Item
      name="password"
      label={label}
      extra={t("identity.people.firstHint")}
      rules={[{ required: true, message: t("identity.people.passwordMissing") }]}
    >
      <Filled />
    </Form.Item>
  );
}
