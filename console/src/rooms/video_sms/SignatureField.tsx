import { AutoComplete, Form } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useRested } from "@/rooms/sms/Look";
import { SIGNATURE_CHARS, useApprovedSignatures } from "@/rooms/video_sms/signatureQueries";

/** 签名: approved ones are offered; another one may be typed, and the desk looks at it with the template. */
export function SignatureField() {
  const { t } = useTranslation();
  const typed = (Form.useWatch<string | undefined>("signature") ?? "").trim();
  const rested = useRested(typed);
  const { data, isPlaceholderData } = useApprovedSignatures(rested);
  const names = data?.items.map((row) => row.signature_name) ?? [];
  // Only an answer about what stands there now, and a whole one, says that it is not among them.
  const isUnknown = typed !== "" && typed === rested && !isPlaceholderData && data !== undefined && data.total <= names.length && !names.includes(typed);
  return (
    <Form.Item
      name="signature"
      label={t("video_sms.template.signature")}
      rules={[{ required: true, whitespace: true, message: t("video_sms.template.signatureMissing") }]}
      extra={
        <>
          {t("video_sms.template.signatureHint")} <Link to="/video-signatures/new">{t("video_sms.goAdd")}</Link>
          <div role="status" className="video-unapproved">
            {isUnknown && <span data-unapproved>{t("video_sms.template.signatureUnapproved", { name: typed })}</span>}
          </div>
        </>
      }
    >
      <AutoComplete
        options={names.map((value) => ({ value }))}
        placeholder={t("video_sms.template.signaturePlaceholder")}
        showSearch={{ filterOption: (part, option) => option?.value.includes(part.trim()) ?? false }}
        maxLength={SIGNATURE_CHARS}
        style={{ maxWidth: 420 }}
      />
    </Form.Item>
  );
}
