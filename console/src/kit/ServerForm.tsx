import { Alert, Button, Form, Space } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Draft } from "@/kit/drafts";
import { fieldsOf, goToField } from "@/kit/fields";
import { formatTime } from "@/kit/format";
import { SubmitButton, UploadScope } from "@/kit/SubmitButton";
import { type Refusal, type ServerFormOptions, useServerForm } from "@/kit/useServerForm";

/** What the server refused, above the form, where no field shows it. */
export function RefusalNotice({ refusal }: { refusal: Refusal | null }) {
  const { t } = useTranslation();
  return (
    refusal !== null && (
      <Alert
        type="error"
        showIcon
        title={refusal.text}
        description={refusal.requestId !== undefined && t("error.requestId", { id: refusal.requestId })}
        style={{ marginBottom: 16 }}
      />
    )
  );
}

/** Says that a draft was filled in, and throws it away on demand. */
export function DraftNotice({ draft, discard }: { draft: Draft | null; discard: () => void }) {
  const { t } = useTranslation();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    draft !== null && (
      <Alert
        type="info"
        showIcon
        data-draft
        title={t("kit.form.restored", { at: formatTime(draft.at, zone) })}
        action={
          <Button size="small" onClick={discard}>
            {t("kit.form.discard")}
          </Button>
        }
        style={{ marginBottom: 16 }}
      />
    )
  );
}

interface ServerFormProps<V extends object, R> extends ServerFormOptions<V, R> {
  initialValues?: Partial<V>;
  layout?: "vertical" | "horizontal";
  submitText: string;
  isDanger?: boolean;
  isDisabled?: boolean;
  /** Gives a button beside the one that submits. */
  cancel?: () => void;
  /** Beside the buttons. */
  aside?: ReactNode;
  onValuesChange?: (changed: Partial<V>, values: V) => void;
  /** `Form.Item`s with the server's names of fields. */
  children: ReactNode;
}

/** A form that shows the server's refusal at its field, keeps drafts, and guards unsaved changes. */
export function ServerForm<V extends object, R = unknown>(props: ServerFormProps<V, R>) {
  const { name, initialValues, layout = "vertical", submitText, isDanger, isDisabled, cancel, aside, onValuesChange, children } = props;
  const { t } = useTranslation();
  const { form, isPending, refusal, restored, send, changed, discardDraft } = useServerForm<V, R>(props);
  return (
    <Form<V>
      form={form}
      name={name}
      layout={layout}
      initialValues={initialValues}
      onFinish={send}
      onFinishFailed={({ errorFields }) => {
        const failed = new Set(errorFields.map((field) => field.name.join(".")));
        const first = fieldsOf(form).find((field) => failed.has(field.join(".")));
        if (first !== undefined) {
          goToField(name, first);
        }
      }}
      onValuesChange={(changes: Partial<V>, values) => {
        changed();
        onValuesChange?.(changes, values);
      }}
    >
      <UploadScope>
        <DraftNotice draft={restored} discard={discardDraft} />
        <RefusalNotice refusal={refusal} />
        {children}
        <Space wrap>
          <SubmitButton loading={isPending} danger={isDanger} disabled={isDisabled}>
            {submitText}
          </SubmitButton>
          {cancel !== undefined && (
            <Button onClick={cancel} disabled={isPending}>
              {t("kit.cancel")}
            </Button>
          )}
          {aside}
        </Space>
      </UploadScope>
    </Form>
  );
}
