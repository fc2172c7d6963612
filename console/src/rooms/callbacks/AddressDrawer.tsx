import { App, Drawer, Form, Input } from "antd";
import { useTranslation } from "react-i18next";

import { ServerForm } from "@/kit/ServerForm";
import { acts, type Callback, type TenantKind, useAct } from "@/rooms/callbacks/queries";

const URL_CHARS = 1000;
const EXAMPLE = "https://";
const REMARK_CHARS = 1000;

interface Values {
  callback_url: string;
  remark?: string;
}

/** Set the address of a kind, or change it. */
export function AddressDrawer({ kind, old, close }: { kind: TenantKind | null; old: Callback | undefined; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const act = useAct();
  return (
    <Drawer open={kind !== null} onClose={close} title={kind === null ? "" : t(`callbacks.kind.${kind}`)} size={520} destroyOnHidden>
      {kind !== null && (
        <ServerForm<Values, Callback>
          name="callback"
          guard={false}
          initialValues={{ callback_url: old?.callback_url, remark: old?.remark }}
          submit={({ callback_url: url, remark = "" }) => act(() => acts.set(kind, url.trim(), remark.trim()))}
          onDone={() => {
            message.success(t("callbacks.saved"));
            close();
          }}
          submitText={t("sms.ok")}
          cancel={close}
        >
          <p className="faint">{t(`callbacks.kindText.${kind}`)}</p>
          <Form.Item
            name="callback_url"
            label={t("callbacks.url")}
            extra={t("callbacks.urlHint")}
            rules={[{ required: true, whitespace: true, message: t("callbacks.urlMissing") }]}
          >
            <Input maxLength={URL_CHARS} inputMode="url" placeholder={EXAMPLE} />
          </Form.Item>
          <Form.Item name="remark" label={t("callbacks.remark")}>
            <Input.TextArea rows={3} maxLength={REMARK_CHARS} showCount />
          </Form.Item>
        </ServerForm>
      )}
    </Drawer>
  );
}
