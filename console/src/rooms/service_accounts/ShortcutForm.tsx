import "@/rooms/service_accounts/accounts.css";

import { Alert, App, Button, Card, Form, Input, Modal, Skeleton, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";

import { Page } from "@/kit/Page";
import { RejectReason } from "@/kit/RejectReason";
import { DraftNotice, RefusalNotice } from "@/kit/ServerForm";
import { SubmitButton, UploadScope } from "@/kit/SubmitButton";
import { Trouble } from "@/kit/Trouble";
import { useServerForm } from "@/kit/useServerForm";
import { useSignedIn } from "@/rooms/identity/session";
import { FilingNotice } from "@/rooms/service_accounts/Preconditions";
import { useAct } from "@/rooms/service_accounts/queries";
import { ShortcutFields } from "@/rooms/service_accounts/ShortcutFields";
import { NEW_SHORTCUT, shortcutOf, type ShortcutValues, shortcutValues } from "@/rooms/service_accounts/shortcutForm";
import { ShortcutPhone } from "@/rooms/service_accounts/ShortcutPhone";
import { shortcutActs, type ShortcutSheet, useShortcut } from "@/rooms/service_accounts/shortcutQueries";

const FORM = "shortcut";
const REASON_CHARS = 200;

interface LookProps {
  values: ShortcutValues;
  isPending: boolean;
  send: () => void;
  close: () => void;
}

/** 效果预览: what phones will show; only what is confirmed is handed in. */
function LookFirst({ values, isPending, send, close }: LookProps) {
  const { t } = useTranslation();
  return (
    <Modal
      open
      title={t("service_accounts.shortcut.lookTitle")}
      okText={t("service_accounts.shortcut.confirm")}
      cancelText={t("action.back")}
      okButtonProps={{ loading: isPending }}
      cancelButtonProps={{ disabled: isPending }}
      closable={!isPending}
      mask={{ closable: false }}
      onOk={send}
      onCancel={close}
    >
      <p className="faint">{t("service_accounts.shortcut.lookText")}</p>
      <ShortcutPhone sign={values.sign} keys={values.keys} />
    </Modal>
  );
}

/** The form of a scene, new or changed, with the phone beside it. */
function ShortcutForm({ sheet }: { sheet?: ShortcutSheet }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const act = useAct();
  const [looked, setLooked] = useState<ShortcutValues | null>(null);
  const [form, id] = [sheet?.draft ?? sheet?.live, sheet?.shortcut.shortcut_id];
  const initial = form == null ? NEW_SHORTCUT : shortcutValues(form, session.tenant?.id ?? "", t("service_accounts.port.proof"));
  const server = useServerForm<ShortcutValues, unknown>({
    name: FORM,
    draft: id === undefined ? { user: session.user.id, form: FORM } : undefined,
    submit: (values) => {
      const body = shortcutOf(values);
      return act(() => (id === undefined ? shortcutActs.create(body) : shortcutActs.change(id, { ...body, change_reason: values.change_reason ?? "" })));
    },
    onDone: () => {
      void message.success(t("service_accounts.account.submitted"));
      void navigate("/shortcuts");
    },
  });
  // Nothing is watched before the form has drawn its fields.
  const shown = { ...initial, ...(Form.useWatch([], server.form) as Partial<ShortcutValues> | undefined) };
  const title = t(id === undefined ? "service_accounts.shortcut.add" : "service_accounts.shortcut.change");
  const reasons = sheet?.reasons ?? [];
  return (
    <Page
      title={title}
      note={t("service_accounts.shortcut.formNote")}
      crumbs={[{ text: t("menuGroup.serviceAccounts") }, { text: t("service_accounts.shortcut.menu"), to: "/shortcuts" }, { text: title }]}
    >
      <FilingNotice />
      {sheet?.shortcut.approval === "rejected" && <RejectReason isAskedBack={sheet.shortcut.is_asked_back} reason={sheet.shortcut.review_desc} />}
      {sheet?.shortcut.has_live === true && <Alert type="info" showIcon title={t("service_accounts.liveStays")} />}
      <div className="account-columns">
        <Form<ShortcutValues>
          form={server.form}
          name={FORM}
          layout="vertical"
          initialValues={initial}
          scrollToFirstError={{ focus: true, block: "center" }}
          onFinish={setLooked}
          onValuesChange={server.changed}
          aria-label={title}
        >
          <UploadScope>
            <DraftNotice draft={server.restored} discard={server.discardDraft} />
            <RefusalNotice refusal={server.refusal} />
            <ShortcutFields reasons={reasons} />
            {id !== undefined && (
              <Card style={{ marginBottom: 16 }}>
                <Form.Item
                  name="change_reason"
                  label={t("service_accounts.changeReason")}
                  rules={[{ required: true, whitespace: true, message: t("service_accounts.changeReasonMissing") }]}
                >
                  <Input.TextArea rows={2} maxLength={REASON_CHARS} showCount />
                </Form.Item>
              </Card>
            )}
            <Space wrap>
              <SubmitButton loading={server.isPending}>{t("service_accounts.shortcut.submit")}</SubmitButton>
              <Button onClick={() => void navigate("/shortcuts")} disabled={server.isPending}>
                {t("kit.cancel")}
              </Button>
            </Space>
          </UploadScope>
        </Form>
        <aside>
          <ShortcutPhone sign={shown.sign} keys={shown.keys ?? []} />
        </aside>
      </div>
      {looked !== null && (
        <LookFirst values={looked} isPending={server.isPending} send={() => void server.send(looked).finally(() => setLooked(null))} close={() => setLooked(null)} />
      )}
    </Page>
  );
}

/** 创建快捷键. */
export function NewShortcut() {
  return <ShortcutForm />;
}

/** 修改快捷键. */
export function ChangeShortcut() {
  const { shortcutId = "" } = useParams();
  const { data, error, refetch } = useShortcut(shortcutId);
  if (data === undefined) {
    return error === null ? <Skeleton active paragraph={{ rows: 10 }} /> : <Trouble error={error} retry={() => void refetch()} />;
  }
  return <ShortcutForm key={shortcutId} sheet={data} />;
}
