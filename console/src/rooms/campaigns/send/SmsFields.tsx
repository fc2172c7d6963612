import { Alert, Form, Select } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { Problem } from "@/client/problem";
import { useProblemText } from "@/kit/Trouble";
import { useContent, useSendables } from "@/rooms/campaigns/send/queries";
import type { Parse, Sendable, SendValues } from "@/rooms/campaigns/send/values";

function choicesOf(rows: readonly Sendable[], key: "app_id" | "signature_id" | "template_id", label: (row: Sendable) => string) {
  const known = new Map(rows.map((row) => [row[key], label(row)]));
  return [...known].map(([value, text]) => ({ value, label: text }));
}

function Length({ parse }: { parse: Parse | undefined }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance<SendValues>();
  const card = Form.useWatch("card_template_id", form);
  const sms = Form.useWatch("sms_template_id", form);
  const domain = Form.useWatch("domain", form);
  const textOf = useProblemText();
  const { data, error } = useContent(card, sms, domain);
  if (error !== null) {
    return <Alert type="error" showIcon title={textOf(error)} data-content-refused={error instanceof Problem ? error.code : ""} style={{ marginBottom: 16 }} />;
  }
  if (data === undefined) {
    return null;
  }
  const longest = parse?.parts.longest?.capable ?? parse?.parts.longest?.incapable;
  const chars = longest ?? data.example_chars;
  const parts = chars <= 70 ? 1 : Math.ceil(chars / 67);
  return (
    <>
      <Form.Item label={t("campaigns.send.chars")} extra={t(longest === undefined ? "campaigns.send.charsExample" : "campaigns.send.charsLongest")}>
        <span data-chars>{t("campaigns.send.charsValue", { chars })}</span>
      </Form.Item>
      <Form.Item label={t("campaigns.send.parts")} extra={t("campaigns.send.partsRule")}>
        <span data-parts>{t("campaigns.send.partsValue", { parts })}</span>
      </Form.Item>
      {data.is_promotion && (
        <Alert
          type="info"
          showIcon
          title={t("campaigns.send.promotion", { from: data.promotion_from, until: data.promotion_until })}
          style={{ marginBottom: 16 }}
        />
      )}
    </>
  );
}

/** 短消息: app, signature and template, each narrowing the next. */
export function SmsFields({ parse }: { parse: Parse | undefined }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance<SendValues>();
  const { data, isPending } = useSendables();
  const app = Form.useWatch("app_id", form);
  const signature = Form.useWatch("signature_id", form);
  const all = data?.items ?? [];
  const ofApp = all.filter((row) => row.app_id === app);
  const ofSignature = ofApp.filter((row) => row.signature_id === signature);
  return (
    <>
      <Form.Item
        name="app_id"
        label={t("campaigns.send.app")}
        rules={[{ required: true, message: t("campaigns.send.appMissing") }]}
        extra={<Link to="/sms-apps">{t("campaigns.send.addNow")}</Link>}
      >
        <Select
          loading={isPending}
          placeholder={t("campaigns.send.appChoose")}
          options={choicesOf(all, "app_id", (row) => t("campaigns.send.appLabel", { name: row.app_name }))}
          onChange={() => form.setFieldsValue({ signature_id: undefined, sms_template_id: undefined })}
        />
      </Form.Item>
      <Form.Item
        name="signature_id"
        label={t("campaigns.send.signature")}
        rules={[{ required: true, message: t("campaigns.send.signatureMissing") }]}
        extra={<Link to="/sms-signatures">{t("campaigns.send.addNow")}</Link>}
      >
        <Select
          disabled={app === undefined}
          placeholder={t("campaigns.send.signatureChoose")}
          options={choicesOf(ofApp, "signature_id", (row) =>
            t("campaigns.send.signatureLabel", { name: row.signature_name, type: t(`campaigns.smsType.${row.signature_type}`) }),
          )}
          onChange={() => form.setFieldsValue({ sms_template_id: undefined })}
        />
      </Form.Item>
      <Form.Item
        name="sms_template_id"
        label={t("campaigns.send.sms")}
        rules={[{ required: true, message: t("campaigns.send.smsMissing") }]}
        extra={
          <>
            {t("campaigns.send.smsNote")} <Link to="/sms-templates">{t("campaigns.send.addNow")}</Link>
          </>
        }
      >
        <Select
          disabled={signature === undefined}
          placeholder={t("campaigns.send.smsChoose")}
          options={choicesOf(ofSignature, "template_id", (row) => row.template_name)}
        />
      </Form.Item>
      <Length parse={parse} />
    </>
  );
}
