import { Alert, Form, Radio, Space, Spin } from "antd";
import { useTranslation } from "react-i18next";

import { formatCount } from "@/kit/format";
import { UploadField } from "@/kit/UploadField";
import { sendNumbers, useNumberFile } from "@/rooms/campaigns/send/queries";
import { FILE_BYTES, FILE_TYPES, type LinkValues, MAX_FILE_ROWS } from "@/rooms/short_links/linkForm";
import { linksSampleUrl } from "@/rooms/short_links/queries";

/** Whether the customers are typed or come in a file. */
export function SourceField() {
  const { t } = useTranslation();
  return (
    <Form.Item name="source" label={t("short_links.form.source")} required>
      <Radio.Group
        options={[
          { value: "typed", label: t("short_links.form.sourceTyped") },
          { value: "file", label: t("short_links.form.sourceFile") },
        ]}
      />
    </Form.Item>
  );
}

/** How far the file is read, and what is in it. */
function Reading({ fileId }: { fileId: string }) {
  const { t } = useTranslation();
  const { data } = useNumberFile(fileId);
  if (data === undefined || data.state === "uploaded" || data.state === "parsing") {
    return (
      <Space data-file-state="reading">
        <Spin size="small" />
        {t("short_links.form.fileReading")}
      </Space>
    );
  }
  if (data.state === "failed") {
    return <Alert type="error" showIcon title={data.failure ?? t("short_links.form.fileFailed")} />;
  }
  const { imported, invalid, duplicates, opted_out: optedOut } = data.counts;
  const counts = { imported: formatCount(imported), invalid: formatCount(invalid), duplicates: formatCount(duplicates), optedOut: formatCount(optedOut) };
  const hasIssues = invalid + duplicates + optedOut > 0;
  return (
    <div data-file-state="parsed">
      {t("short_links.form.fileRead", counts)}{" "}
      {hasIssues && (
        <a href={`/console/api/number-files/${encodeURIComponent(fileId)}/issues.csv`} download style={{ textDecoration: "underline" }}>
          {t("short_links.form.fileIssues")}
        </a>
      )}
      {imported > MAX_FILE_ROWS && <Alert type="error" showIcon title={t("short_links.form.rowsTooMany", { limit: formatCount(MAX_FILE_ROWS) })} />}
    </div>
  );
}

/** The customers of individual links out of an xlsx, csv or txt file. */
export function FileRowsField({ card, hasOwnCodes }: { card: string | undefined; hasOwnCodes: boolean }) {
  const { t } = useTranslation();
  const files = Form.useWatch<LinkValues["numbers"]>("numbers");
  const file = files?.[0];
  const sample =
    card === undefined ? (
      <span className="faint">{t("short_links.form.sampleLater")}</span>
    ) : (
      <a href={linksSampleUrl(card, hasOwnCodes)} download>
        {t("short_links.form.sample")}
      </a>
    );
  return (
    <>
      <Form.Item name="numbers" label={t("short_links.form.numbers")} rules={[{ required: true, type: "array", min: 1, message: t("short_links.form.numbersMissing") }]}>
        <UploadField
          types={FILE_TYPES}
          maxBytes={FILE_BYTES}
          send={sendNumbers}
          sample={sample}
          hint={t("short_links.form.numbersHint", { limit: formatCount(MAX_FILE_ROWS) })}
        />
      </Form.Item>
      {file !== undefined && (
        <div role="status" style={{ marginBottom: 16 }}>
          <Reading fileId={file.id} />
        </div>
      )}
    </>
  );
}
