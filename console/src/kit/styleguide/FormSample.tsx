import { App, Card, Form, Input } from "antd";
import { useTranslation } from "react-i18next";

import { Problem } from "@/client/problem";
import { ServerForm } from "@/kit/ServerForm";
import { UploadField } from "@/kit/UploadField";
import type { Uploaded } from "@/kit/useUploads";
import { useSignedIn } from "@/rooms/identity/session";

interface Values {
  name: string;
  rows?: string;
  letter?: Uploaded[];
  field?: string;
}

const MAX_BYTES = 40 * 1024 * 1024;

/** A form that is refused at the field that its last field names. */
export function FormSample() {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const { message } = App.useApp();
  return (
    <Card title={t("kit.guide.form")}>
      <ServerForm<Values>
        name="sample"
        draft={{ user: session.user.id, form: "styleguide" }}
        submit={({ field = "" }) =>
          field === "" ? Promise.resolve() : Promise.reject(new Problem(400, "kit.guide", t("kit.guide.why"), field, "r-sample"))
        }
        onDone={() => void message.success(t("action.done"))}
        submitText={t("kit.guide.submit")}
        cancel={() => undefined}
      >
        <Form.Item name="name" label={t("kit.guide.name")} rules={[{ required: true, message: t("kit.guide.missing") }]}>
          <Input maxLength={30} showCount style={{ maxWidth: 420 }} />
        </Form.Item>
        <Form.Item name="rows" label={t("kit.guide.rows")} extra={t("kit.guide.rowsNote")}>
          <Input.TextArea rows={3} style={{ maxWidth: 420 }} />
        </Form.Item>
        <Form.Item name="letter" label={t("kit.guide.file")}>
          <UploadField types={[".png", ".jpg", ".pdf", ".zip"]} maxBytes={MAX_BYTES} max={3} hint={t("kit.guide.fileNote")} />
        </Form.Item>
        <Form.Item name="field" label={t("kit.guide.field")} extra={t("kit.guide.fieldNote")}>
          <Input style={{ maxWidth: 420 }} />
        </Form.Item>
      </ServerForm>
    </Card>
  );
}
