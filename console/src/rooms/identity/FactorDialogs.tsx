import { Form, Input, Modal, QRCode, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { components } from "@/client/schema";
import { ServerForm } from "@/kit/ServerForm";
import { acts, useAct } from "@/rooms/identity/queries";

const CODE_CHARS = 40;
const PASSWORD_CHARS = 128;
const QR_PX = 200;

function CodeField({ hint }: { hint: string }) {
  const { t } = useTranslation();
  return (
    <Form.Item name="code" label={t("identity.settings.code")} extra={hint} rules={[{ required: true, whitespace: true, message: t("identity.settings.codeMissing") }]}>
      <Input autoComplete="one-time-code" maxLength={CODE_CHARS} />
    </Form.Item>
  );
}

interface CodeDialogProps<R> {
  title: string;
  text: string;
  submit: (code: string) => Promise<R>;
  onDone: (result: R) => void;
  close: () => void;
}

/** Asks for a code before something of the second factor changes. */
export function CodeDialog<R>({ title, text, submit, onDone, close }: CodeDialogProps<R>) {
  const { t } = useTranslation();
  return (
    <Modal open title={title} footer={null} onCancel={close} mask={{ closable: false }}>
      <p>{text}</p>
      <ServerForm<{ code: string }, R> name="factor-code" guard={false} submit={({ code }) => submit(code)} onDone={onDone} submitText={title} cancel={close}>
        <CodeField hint={t("identity.settings.codeOrRecovery")} />
      </ServerForm>
    </Modal>
  );
}

/** Enrols: the password again, then the QR code and a first code of the app. */
export function EnrolDialog({ onDone, close }: { onDone: (codes: readonly string[]) => void; close: () => void }) {
  const { t } = useTranslation();
  const act = useAct();
  const [begun, setBegun] = useState<components["schemas"]["EnrolmentView"] | null>(null);
  return (
    <Modal open title={t("identity.settings.enable")} footer={null} onCancel={close} mask={{ closable: false }}>
      {begun === null ? (
        <ServerForm<{ password: string }, components["schemas"]["EnrolmentView"]>
          key="password"
          name="factor-password"
          guard={false}
          submit={({ password }) => acts.beginFactor(password)}
          onDone={setBegun}
          submitText={t("identity.settings.next")}
          cancel={close}
        >
          <Form.Item name="password" label={t("identity.settings.ownPassword")} rules={[{ required: true, message: t("identity.settings.missing") }]}>
            <Input.Password autoComplete="current-password" maxLength={PASSWORD_CHARS} />
          </Form.Item>
        </ServerForm>
      ) : (
        <ServerForm<{ code: string }, components["schemas"]["RecoveryCodesView"]>
          key="code"
          name="factor-confirm"
          guard={false}
          submit={({ code }) => act(() => acts.confirmFactor(code))}
          onDone={({ codes }) => onDone(codes)}
          submitText={t("identity.settings.confirm")}
          cancel={close}
        >
          <p>{t("identity.settings.scan")}</p>
          <div role="img" aria-label={t("identity.settings.qr")} style={{ display: "flex", justifyContent: "center", marginBottom: 16 }}>
            <QRCode value={begun.uri} type="svg" size={QR_PX} />
          </div>
          <p>
            {t("identity.settings.secret")}: <Typography.Text code data-secret>{begun.secret}</Typography.Text>
          </p>
          <CodeField hint={t("identity.settings.codeHint")} />
        </ServerForm>
      )}
    </Modal>
  );
}
