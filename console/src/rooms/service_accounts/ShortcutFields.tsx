import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Card, Form, Input } from "antd";
import { useTranslation } from "react-i18next";

import { may, useSignedIn } from "@/rooms/identity/session";
import type { ItemValues } from "@/rooms/service_accounts/accountForm";
import { AreaField } from "@/rooms/service_accounts/AreaField";
import { ItemFields } from "@/rooms/service_accounts/ItemFields";
import { PictureField } from "@/rooms/service_accounts/PictureField";
import { SaidAt } from "@/rooms/service_accounts/SaidAt";
import { MAX_KEY_UNITS, MAX_KEYS, MAX_PROOFS, NEW_KEY, type ShortcutValues, SIGN_CHARS } from "@/rooms/service_accounts/shortcutForm";
import type { ShortcutSheet } from "@/rooms/service_accounts/shortcutQueries";
import { PLAIN_ACTIONS } from "@/rooms/service_accounts/words";
import { useSignatures } from "@/rooms/sms/queries";

interface OneSignProps {
  id?: string;
  value?: string;
  onChange?: (sign: string) => void;
}

function OneSign({ names, ...field }: OneSignProps & { names: readonly string[] }) {
  return (
    <AutoComplete {...field} options={names.map((value) => ({ value }))} showSearch={{ filterOption: true }} style={{ width: "100%", maxWidth: 420 }}>
      <Input maxLength={SIGN_CHARS} showCount />
    </AutoComplete>
  );
}

function Suggested(field: OneSignProps) {
  const { data } = useSignatures({ state: ["REVIEW_PASSED"], limit: 100 });
  return <OneSign {...field} names={[...new Set(data?.items.map((row) => row.signature_name) ?? [])]} />;
}

/** A signature: approved ones are offered, others typed. */
function SignInput(field: OneSignProps) {
  const { session } = useSignedIn();
  return may(session, "kooMessage:aimMsgSignature:list") ? <Suggested {...field} /> : <OneSign {...field} names={[]} />;
}

/** 快捷键, in the order in which a phone shows them. */
function Keys({ reasons }: { reasons: ShortcutSheet["reasons"] }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance<ShortcutValues>();
  // Nothing is watched before the form has drawn its fields.
  const items = (Form.useWatch("keys", form) as (ItemValues | undefined)[] | undefined) ?? [];
  return (
    <Form.List name="keys">
      {(fields, { add, remove }, { errors }) => (
        <>
          <p className="faint">{t("service_accounts.shortcut.keysHint", { max: MAX_KEYS })}</p>
          <SaidAt field="keys" reasons={reasons} />
          {fields.map(({ key, name }) => {
            const what = t("service_accounts.shortcut.keyOf", { number: name + 1 });
            return (
              <section key={key} className="account-item" aria-label={what}>
                <header>
                  {what}
                  <Button type="text" size="small" danger icon={<DeleteOutlined aria-hidden />} disabled={fields.length === 1} aria-label={t("service_accounts.remove", { what })} onClick={() => remove(name)} />
                </header>
                <ItemFields
                  name={name}
                  item={items[name]}
                  units={MAX_KEY_UNITS}
                  actions={PLAIN_ACTIONS}
                  labels={{ name: t("service_accounts.shortcut.name"), action: t("service_accounts.shortcut.action") }}
                />
              </section>
            );
          })}
          <Form.ErrorList errors={errors} />
          <Button icon={<PlusOutlined aria-hidden />} disabled={fields.length >= MAX_KEYS} onClick={() => add(NEW_KEY)} style={{ marginBottom: 16 }}>
            {t("service_accounts.shortcut.addKey", { max: MAX_KEYS })}
          </Button>
        </>
      )}
    </Form.List>
  );
}

/** 默认配置 and the keys. */
export function ShortcutFields({ reasons = [] }: { reasons?: ShortcutSheet["reasons"] }) {
  const { t } = useTranslation();
  return (
    <>
      <Card title={t("service_accounts.shortcut.defaults")} style={{ marginBottom: 16 }}>
        <Form.Item
          name="sign"
          label={t("service_accounts.shortcut.sign")}
          extra={<>{t("service_accounts.shortcut.signHint")}<SaidAt field="sign" reasons={reasons} /></>}
          rules={[
            { required: true, whitespace: true, message: t("service_accounts.signsMissing") },
            { pattern: /^[^【】[\] ]{2,18}$/, message: t("service_accounts.shortcut.signWrong") },
          ]}
        >
          <SignInput />
        </Form.Item>
        <Form.Item
          name="authorization_files"
          label={t("service_accounts.port.proof")}
          extra={<SaidAt field="authorization_files" reasons={reasons} />}
          rules={[{ required: true, type: "array", min: 1, message: t("service_accounts.port.proofMissing") }]}
        >
          <PictureField use="OTHER" max={MAX_PROOFS} hint={t("service_accounts.shortcut.proofHint", { max: MAX_PROOFS })} />
        </Form.Item>
        <Form.Item
          name="areas"
          label={t("service_accounts.areas")}
          extra={<>{t("service_accounts.shortcut.areasHint")}<SaidAt field="areas" reasons={reasons} /></>}
          rules={[{ required: true, type: "array", min: 1, message: t("service_accounts.shortcut.areasMissing") }]}
        >
          <AreaField />
        </Form.Item>
      </Card>
      <Card title={t("service_accounts.shortcut.keys")} style={{ marginBottom: 16 }}>
        <Keys reasons={reasons} />
      </Card>
    </>
  );
}
