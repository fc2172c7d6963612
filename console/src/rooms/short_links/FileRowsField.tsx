import { Form, Radio } from "antd";
import { useTranslation } from "react-i18next";

import { formatCount } from "@/kit/format";
import { UploadField } from "@/kit/UploadField";
import { NumberFileState, ValidNumbers } from "@/rooms/campaigns/send/NumberFileState";
import { sendNumbers } from "@/rooms/campaigns/send/queries";
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
        <NumberFileState fileId={file.id}>
          {(found) => <ValidNumbers file={found} max={MAX_FILE_ROWS} tooMany={t("short_links.form.rowsTooMany", { limit: formatCount(MAX_FILE_ROWS) })} />}
        </NumberFileState>
      )}
    </>
  );
}
