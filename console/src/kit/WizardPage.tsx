import { Button, Card, Form, Space, Steps } from "antd";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { type FieldPath, fieldsOf, goToField } from "@/kit/fields";
import { Page } from "@/kit/Page";
import { DraftNotice, RefusalNotice } from "@/kit/ServerForm";
import { SubmitButton, UploadScope } from "@/kit/SubmitButton";
import { type ServerFormOptions, useServerForm } from "@/kit/useServerForm";

export interface WizardStep {
  key: string;
  title: string;
  /** The first names of the fields that the step asks for. */
  fields: readonly string[];
  /** `Form.Item`s. All steps belong to one form. */
  body: ReactNode;
}

interface WizardPageProps<V extends object, R> extends ServerFormOptions<V, R> {
  title: string;
  note?: ReactNode;
  crumbs?: { text: string; to?: string }[];
  steps: readonly WizardStep[];
  /** The last step: all that was filled in, to be checked. */
  summary: (values: V) => ReactNode;
  initialValues?: Partial<V>;
  submitText: string;
  cancel?: () => void;
  /** Beside the steps, such as a phone that shows what becomes of the values. */
  aside?: (values: Partial<V>) => ReactNode;
}

function stepOf(steps: readonly WizardStep[], name: FieldPath): number {
  return steps.findIndex((step) => step.fields.includes(String(name[0])));
}

/** Steps that together are one form: each is checked before the next, the last sums up and submits all of it. */
export function WizardPage<V extends object, R = unknown>(props: WizardPageProps<V, R>) {
  const { name, title, note, crumbs, steps, summary, initialValues, submitText, cancel, aside } = props;
  const { t } = useTranslation();
  const [at, setAt] = useState(0);
  const [furthest, setFurthest] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const isMoved = useRef(false);
  const server = useServerForm<V, R>({
    ...props,
    onRefused: (field) => show(stepOf(steps, field)),
  });
  const { form, isPending, refusal, restored, send, changed, discardDraft } = server;
  const [values, setValues] = useState<Partial<V>>({ ...initialValues, ...(restored?.values as Partial<V> | undefined) });
  useEffect(() => {
    if (isMoved.current) {
      heading.current?.focus();
    }
  }, [at]);

  const isLast = at === steps.length;
  const titles = [...steps.map((step) => step.title), t("kit.wizard.summary")];

  /** Show a step whose field gets the focus. */
  function show(step: number): void {
    isMoved.current = false;
    setAt(Math.max(0, step));
  }

  function go(to: number): void {
    isMoved.current = true;
    setAt(to);
    setFurthest(Math.max(furthest, to));
  }

  /** Go on unless something is wrong here; what is wrong in a later step is said there. */
  function failed(names: readonly FieldPath[]): void {
    const wrong = new Set(names.map((field) => field.join(".")));
    const inOrder = fieldsOf(form).filter((field) => wrong.has(field.join(".")));
    const first = inOrder.find((field) => isLast || stepOf(steps, field) <= at);
    if (first === undefined) {
      go(at + 1);
      return;
    }
    show(stepOf(steps, first));
    requestAnimationFrame(() => goToField(name, first));
  }

  return (
    <Page title={title} note={note} crumbs={crumbs}>
      <Card>
        <Steps current={at} items={titles.map((one) => ({ title: one }))} aria-label={t("kit.wizard.steps")} responsive />
      </Card>
      <div className="wizard">
        <Card>
          <DraftNotice
            draft={restored}
            discard={() => {
              discardDraft();
              setValues(form.getFieldsValue(true) as Partial<V>);
              go(0);
            }}
          />
          <RefusalNotice refusal={refusal} />
          <h2 ref={heading} tabIndex={-1} className="wizard-title">
            {t("kit.wizard.step", { step: at + 1, count: titles.length, title: titles[at] })}
          </h2>
          <Form<V>
            form={form}
            name={name}
            layout="vertical"
            initialValues={initialValues}
            onFinish={() => (isLast ? send(form.getFieldsValue(true) as V) : go(at + 1))}
            onFinishFailed={({ errorFields }) => failed(errorFields.map((field) => field.name))}
            onValuesChange={() => {
              changed();
              setValues({ ...(form.getFieldsValue(true) as Partial<V>) });
            }}
          >
            <UploadScope>
              {steps.slice(0, furthest + 1).map((step, index) => (
                // Steps that were left keep their fields, so that a refusal finds them.
                <div key={step.key} hidden={index !== at} data-step={step.key}>
                  {step.body}
                </div>
              ))}
              {isLast && <div data-step="summary">{summary(values as V)}</div>}
              <Space wrap style={{ marginTop: 16 }}>
                {at > 0 && (
                  <Button onClick={() => go(at - 1)} disabled={isPending}>
                    {t("kit.wizard.back")}
                  </Button>
                )}
                <SubmitButton loading={isPending}>{isLast ? submitText : t("kit.wizard.next")}</SubmitButton>
                {cancel !== undefined && (
                  <Button onClick={cancel} disabled={isPending}>
                    {t("kit.cancel")}
                  </Button>
                )}
              </Space>
            </UploadScope>
          </Form>
        </Card>
        {aside !== undefined && <aside>{aside(values)}</aside>}
      </div>
    </Page>
  );
}
