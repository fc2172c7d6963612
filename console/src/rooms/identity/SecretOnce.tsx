import { Alert, App, Button, Checkbox, Modal, Space } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

interface SecretOnceProps {
  title: string;
  /** That it is shown this once. */
  warning: string;
  /** What is copied. */
  text: string;
  save: { text: string; go: () => void };
  /** Beside the box that must be ticked before it closes. */
  saved: string;
  close: () => void;
  children: ReactNode;
}

/** A secret at the only moment it is shown: to be copied or saved before the dialog closes. */
export function SecretOnce({ title, warning, text, save, saved, close, children }: SecretOnceProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [isSaved, setSaved] = useState(false);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      message.success(t("identity.copied"));
    } catch {
      // Browsers refuse without a secure context, or when the user said no.
      message.warning(t("identity.copyFailed"));
    }
  }

  return (
    <Modal
      open
      title={title}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      footer={
        <Button type="primary" disabled={!isSaved} onClick={close}>
          {t("identity.done")}
        </Button>
      }
    >
      <Alert type="warning" showIcon title={warning} style={{ marginBottom: 16 }} />
      {children}
      <Space wrap style={{ marginBlock: 16 }}>
        <Button onClick={save.go}>{save.text}</Button>
        <Button onClick={() => void copy()}>{t("identity.copy")}</Button>
      </Space>
      <div>
        <Checkbox checked={isSaved} onChange={(event) => setSaved(event.target.checked)}>
          {saved}
        </Checkbox>
      </div>
    </Modal>
  );
}
