import { Alert, Button, Form, Input, Radio, Space, Spin } from "antd";
import { useTranslation } from "react-i18next";

import { formatCount } from "@/kit/format";
import { UploadField } from "@/kit/UploadField";
import type { Uploaded } from "@/kit/useUploads";
import { sampleUrl, sendNumbers, useContent, useNumberFile } from "@/rooms/campaigns/send/queries";
import { FILE_BYTES, FILE_TYPES, MAX_TEST, type SendValues } from "@/rooms/campaigns/send/values";

/** How far an uploaded file is read: 上传成功, then 数据获取已完成. */
function FileState({ fileId }: { fileId: string }) {
  const { t } = useTranslation();
  const { data } = useNumberFile(fileId);
  if (data === undefined || data.state === "uploaded" || data.state === "parsing") {
    return (
      <Space data-file-state="reading">
        <Spin size="small" />
        {t("campaigns.send.fileReading", { rows: formatCount(data?.counts.rows ?? 0) })}
      </Space>
    );
  }
  if (data.state === "failed") {
    return <Alert type="error" showIcon title={data.failure ?? t("campaigns.send.fileFailed")} />;
  }
  const columns = data.columns.join(t("campaigns.send.comma"));
  return (
    <div data-file-state="parsed">
      {t("campaigns.send.fileRead", { rows: formatCount(data.counts.rows) })}{" "}
      {columns !== "" && <span className="faint">{t("campaigns.send.fileColumns", { columns })}</span>}
      {data.other_sheets.length > 0 && (
        <div className="faint">{t("campaigns.send.fileSheets", { sheet: data.sheet, others: data.other_sheets.join(t("campaigns.send.comma")) })}</div>
      )}
    </div>
  );
}

function FileField() {
  const { t } = useTranslation();
  const form = Form.useFormInstance<SendValues>();
  const files = Form.useWatch<Uploaded[] | undefined>("numbers", form);
  const card = Form.useWatch("card_template_id", form);
  const sms = Form.useWatch("sms_template_id", form);
  const sample =
    card !== undefined && sms !== undefined ? (
      <a href={sampleUrl(card, sms)} download>
        {t("campaigns.send.fileSample")}
      </a>
    ) : (
      <span className="faint">{t("campaigns.send.fileSampleLater")}</span>
    );
  const file = files?.[0];
  return (
    <>
      <Form.Item name="numbers" label={t("campaigns.send.file")} required>
        <UploadField types={FILE_TYPES} maxBytes={FILE_BYTES} send={sendNumbers} hint={t("campaigns.send.fileNote")} sample={sample} />
      </Form.Item>
      {file !== undefined && (
        <div style={{ marginBottom: 16 }} role="status">
          <FileState fileId={file.id} />
        </div>
      )}
    </>
  );
}

function TypedField() {
  const { t } = useTranslation();
  const form = Form.useFormInstance<SendValues>();
  const card = Form.useWatch("card_template_id", form);
  const sms = Form.useWatch("sms_template_id", form);
  const domain = Form.useWatch("domain", form);
  const { data } = useContent(card, sms, domain);
  const columns = (data?.columns ?? []).map((column) => column.name);
  const example = ["13800138000", ...(data?.columns ?? []).map((column) => column.example)].join(",");
  const note =
    columns.length > 0
      ? t("campaigns.send.typedValues", { columns: columns.join(t("campaigns.send.comma")), example })
      : t("campaigns.send.typedNote");
  return (
    <Form.Item name="typed" label={t("campaigns.send.typed")} required extra={note}>
      <Input.TextArea rows={5} inputMode={columns.length > 0 ? "text" : "tel"} placeholder={example} className="mono" />
    </Form.Item>
  );
}

interface NumberFieldsProps {
  parse: () => void;
  isParsing: boolean;
}

/** 手机号码: typed or from a file, and the button that has them looked at. */
export function NumberFields({ parse, isParsing }: NumberFieldsProps) {
  const { t } = useTranslation();
  const source = Form.useWatch<SendValues["source"]>("source");
  const isTrial = Form.useWatch<SendValues["is_trial"]>("is_trial");
  return (
    <>
      <Form.Item name="source" label={t("campaigns.send.numbers")} required extra={isTrial && t("campaigns.send.trialNumbers", { max: MAX_TEST })}>
        <Radio.Group
          optionType="button"
          // A file that a draft or a copy brings along can still be left.
          options={[
            { value: "typed", label: t("campaigns.send.sourceTyped") },
            { value: "file", label: t("campaigns.send.sourceFile"), disabled: isTrial && source !== "file" },
          ]}
        />
      </Form.Item>
      {source === "file" ? <FileField /> : <TypedField />}
      <Button onClick={parse} loading={isParsing} style={{ marginBottom: 16 }}>
        {t("campaigns.send.parse")}
      </Button>
    </>
  );
}
