import { Button, Form, Input, Radio } from "antd";
import { useTranslation } from "react-i18next";

import { formatCount } from "@/kit/format";
import { UploadField } from "@/kit/UploadField";
import { useIsUploading } from "@/kit/uploading";
import type { Uploaded } from "@/kit/useUploads";
import { NumberFileState } from "@/rooms/campaigns/send/NumberFileState";
import { sampleUrl, sendNumbers, useContent } from "@/rooms/campaigns/send/queries";
import { FILE_BYTES, FILE_TYPES, MAX_TEST, type NumberFile, type SendValues } from "@/rooms/campaigns/send/values";

function Found({ file }: { file: NumberFile }) {
  const { t } = useTranslation();
  const comma = t("campaigns.send.comma");
  const columns = file.columns.join(comma);
  return (
    <>
      {t("campaigns.send.fileRead", { rows: formatCount(file.counts.rows) })}{" "}
      {columns !== "" && <span className="faint">{t("campaigns.send.fileColumns", { columns })}</span>}
      {file.other_sheets.length > 0 && (
        <div className="faint">{t("campaigns.send.fileSheets", { sheet: file.sheet, others: file.other_sheets.join(comma) })}</div>
      )}
    </>
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
      {file !== undefined && <NumberFileState fileId={file.id}>{(found) => <Found file={found} />}</NumberFileState>}
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
  const isUploading = useIsUploading();
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
      <Button onClick={parse} loading={isParsing} disabled={isUploading} style={{ marginBottom: 16 }}>
        {t("campaigns.send.parse")}
      </Button>
    </>
  );
}
