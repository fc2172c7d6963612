import { App, Button, Card, Form, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { formatTime } from "@/kit/format";
import { RefusalNotice } from "@/kit/ServerForm";
import { SubmitButton, UploadScope } from "@/kit/SubmitButton";
import { useProblemText } from "@/kit/Trouble";
import { useServerForm } from "@/kit/useServerForm";
import { type FilingValues, groupsOf, initialOf, textsOf } from "@/rooms/enterprises/filing";
import { FilingField } from "@/rooms/enterprises/FilingField";
import { type Filing, saveFiling, submitFiling, useFilingsChanged } from "@/rooms/enterprises/queries";
import { useGroupText } from "@/rooms/enterprises/words";
import { useSignedIn } from "@/rooms/identity/session";

/** The whole form of a filing: kept on demand, documents at once, handed in together. */
export function FilingForm({ filing, isLocked }: { filing: Filing; isLocked: boolean }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const { zone } = useSignedIn();
  const navigate = useNavigate();
  const textOf = useProblemText();
  const groupText = useGroupText();
  const changed = useFilingsChanged();
  const [isSaving, setSaving] = useState(false);
  const { scene, fields } = filing;
  const { form, isPending, refusal, send, changed: touched } = useServerForm<FilingValues, Filing>({
    name: "filing",
    submit: async (values) => {
      await saveFiling(scene, textsOf(fields, values));
      return submitFiling(scene);
    },
    onDone: (handed) => {
      void changed();
      modal.success({
        title: t("enterprises.submitted"),
        content: t("enterprises.submittedText", { at: formatTime(handed.pending?.due_at, zone) }),
        okText: t("enterprises.submittedOk"),
        onOk: () => void navigate("/filings"),
      });
    },
  });
  const initial = initialOf(filing);
  const answers = (Form.useWatch([], form) as FilingValues | undefined) ?? initial;

  async function save(): Promise<void> {
    setSaving(true);
    try {
      await saveFiling(scene, textsOf(fields, form.getFieldsValue(true) as FilingValues));
      message.success(t("enterprises.saved"));
      await changed();
    } catch (error) {
      message.error(textOf(error));
    } finally {
      setSaving(false);
    }
  }

  return (
    <Form<FilingValues>
      form={form}
      name="filing"
      layout="vertical"
      initialValues={initial}
      disabled={isLocked}
      scrollToFirstError={{ focus: true, block: "center" }}
      onFinish={send}
      onValuesChange={touched}
      aria-label={t(`enterprises.scene.${scene}`)}
    >
      <UploadScope>
        <RefusalNotice refusal={refusal} />
        <div className="stack">
          {groupsOf(fields).map(({ group, fields: grouped }) => (
            <Card key={group} title={groupText(group)}>
              {grouped.map((field) => (
                <FilingField key={field.name} filing={filing} field={field} values={answers} isLocked={isLocked} />
              ))}
            </Card>
          ))}
          {!isLocked && (
            <Space wrap>
              <SubmitButton loading={isPending}>{t("enterprises.submit")}</SubmitButton>
              <Button onClick={() => void save()} loading={isSaving} disabled={isPending}>
                {t("enterprises.save")}
              </Button>
            </Space>
          )}
        </div>
      </UploadScope>
    </Form>
  );
}
