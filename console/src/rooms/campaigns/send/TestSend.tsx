import { Alert, Button, Form, Input, Modal, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useOnceKey } from "@/kit/onceKey";
import { RefusalNotice } from "@/kit/ServerForm";
import { useServerForm } from "@/kit/useServerForm";
import { useContent, useTestSend } from "@/rooms/campaigns/send/queries";
import { MAX_DAYS, MAX_TEST, NAME_CHARS, type SendValues } from "@/rooms/campaigns/send/values";
import type { SendTask } from "@/rooms/campaigns/sendTask";

interface Row {
  phone: string;
  values?: string[];
}

interface TestValues {
  rows: Row[];
}

interface TestFormProps {
  values: Partial<SendValues>;
  done: (task: SendTask) => void;
  /** Whom it begins with, and who is told of changes: numbers outlive the form where another text is chosen. */
  phones?: readonly string[];
  onPhones?: (phones: string[]) => void;
}

/** Who gets it, with which values; each row begins with the examples. */
export function TestForm({ values, done, phones = [""], onPhones }: TestFormProps) {
  const { t } = useTranslation();
  const { card_template_id: card = "", sms_template_id: sms = "", domain } = values;
  const columns = useContent(card, sms, domain).data?.columns ?? [];
  const { mutateAsync } = useTestSend();
  const keyOf = useOnceKey();
  const examples = columns.map(({ example }) => example);
  const name = t("campaigns.send.testName", { name: values.name ?? "" }).slice(0, NAME_CHARS);
  const body = {
    name,
    card_template_id: card,
    sms_template_id: sms,
    domain: domain ?? null,
    validity_days: values.validity === "own" ? (values.validity_days ?? MAX_DAYS) : MAX_DAYS,
    jump_url: values.jump_url?.trim() || null,
    fallback: "sms" as const,
  };
  const server = useServerForm<TestValues, SendTask>({
    name: "test",
    guard: false,
    submit: ({ rows }) => {
      const filled = rows.map((row) => ({ phone: row.phone.trim(), values: columns.map((_, i) => row.values?.[i] ?? "") }));
      const wanted = { ...body, rows: filled };
      return mutateAsync({ body: wanted, key: keyOf(wanted) });
    },
    onDone: done,
  });
  return (
    <Form<TestValues>
      form={server.form}
      name="test"
      layout="vertical"
      initialValues={{ rows: phones.map((phone) => ({ phone, values: examples })) }}
      onFinish={server.send}
      onValuesChange={(_, { rows }) => onPhones?.(rows.map((row) => row.phone))}
    >
      <RefusalNotice refusal={server.refusal} />
      <p className="faint">{t("campaigns.send.testNote", { max: MAX_TEST })}</p>
      <Form.List name="rows">
        {(fields, { add, remove }) => (
          <>
            {fields.map(({ key, name: at }) => (
              <Space key={key} wrap align="start">
                <Form.Item
                  name={[at, "phone"]}
                  label={t("campaigns.send.testPhone", { no: at + 1 })}
                  rules={[{ required: true, whitespace: true, message: t("campaigns.send.testPhoneMissing") }]}
                >
                  <Input inputMode="tel" maxLength={20} style={{ width: 160 }} />
                </Form.Item>
                {columns.map((column, i) => (
                  <Form.Item key={column.name} name={[at, "values", i]} label={column.name}>
                    <Input maxLength={500} style={{ width: 140 }} />
                  </Form.Item>
                ))}
                {fields.length > 1 && (
                  <Button type="link" danger style={{ marginTop: 30 }} onClick={() => remove(at)}>
                    {t("campaigns.send.testRemove")}
                  </Button>
                )}
              </Space>
            ))}
            {fields.length < MAX_TEST && (
              <Button type="dashed" onClick={() => add({ phone: "", values: examples })} style={{ marginBottom: 16 }}>
                {t("campaigns.send.testAdd")}
              </Button>
            )}
          </>
        )}
      </Form.List>
      <div>
        <Button type="primary" htmlType="submit" loading={server.isPending}>
          {t("campaigns.send.testSend")}
        </Button>
      </div>
    </Form>
  );
}

/** It was sent: where it is to be seen. */
export function TestDone({ task }: { task: SendTask }) {
  const { t } = useTranslation();
  return (
    <Alert
      type="success"
      showIcon
      title={t("campaigns.send.testDone")}
      action={
        <Link to={`/send-tasks/${task.task_id}`} target="_blank">
          {t("campaigns.send.testShow")}
        </Link>
      }
    />
  );
}

/** A test send of what is chosen to a few own numbers, before anything goes to customers. */
export function TestSend({ values }: { values: Partial<SendValues> }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const [task, setTask] = useState<SendTask | null>(null);
  const isChosen = values.card_template_id !== undefined && values.sms_template_id !== undefined;
  return (
    <>
      <Button
        disabled={!isChosen}
        title={isChosen ? undefined : t("campaigns.send.testLater")}
        onClick={() => {
          setTask(null);
          setOpen(true);
        }}
      >
        {t("campaigns.send.test")}
      </Button>
      <Modal open={isOpen} title={t("campaigns.send.test")} width={640} footer={null} destroyOnHidden onCancel={() => setOpen(false)}>
        {task === null ? <TestForm values={values} done={setTask} /> : <TestDone task={task} />}
      </Modal>
    </>
  );
}
