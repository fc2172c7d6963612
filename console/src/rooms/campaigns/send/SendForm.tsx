import { App, Button, Card, Form, Space } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";

import { Problem } from "@/client/problem";
import { goToField, fieldsOf, refusedField } from "@/kit/fields";
import { useOnceKey } from "@/kit/onceKey";
import { Page } from "@/kit/Page";
import { DraftNotice, RefusalNotice } from "@/kit/ServerForm";
import { SubmitButton, UploadScope } from "@/kit/SubmitButton";
import { useProblemText } from "@/kit/Trouble";
import { useServerForm } from "@/kit/useServerForm";
import { CardFields } from "@/rooms/campaigns/send/CardFields";
import { ConfirmSend } from "@/rooms/campaigns/send/ConfirmSend";
import { useChosenCard, useCopied } from "@/rooms/campaigns/send/copying";
import { NumberFields } from "@/rooms/campaigns/send/NumberFields";
import { ParsePanel } from "@/rooms/campaigns/send/ParsePanel";
import { Preview } from "@/rooms/campaigns/send/Preview";
import { useCreateTask, useDomains, useParse, useStartParse } from "@/rooms/campaigns/send/queries";
import { SmsFields } from "@/rooms/campaigns/send/SmsFields";
import { TestSend } from "@/rooms/campaigns/send/TestSend";
import { TimeFields } from "@/rooms/campaigns/send/TimeFields";
import { FORM, INITIAL, isSame, MAX_TEST, type Question, questionOf, type SendValues, submittedOf, taskOf, trialFault } from "@/rooms/campaigns/send/values";
import type { SendTask } from "@/rooms/campaigns/sendTask";
import { useSignedIn } from "@/rooms/identity/session";
import { MissingStep } from "@/rooms/overview/Missing";

/** Where the server's names of fields stand in the form. */
const RENAMED = { phones: "typed", columns: "numbers", file: "numbers", number_file_id: "numbers" };

/** 号码解析: starts it, follows it, and tells whether it still is about what is chosen. */
function useLookedAt() {
  const [asked, setAsked] = useState<{ id: string; question: Question } | null>(null);
  const { data: parse } = useParse(asked?.id);
  const { mutateAsync, isPending } = useStartParse();
  async function start(question: Question): Promise<void> {
    const made = await mutateAsync(question);
    setAsked({ id: made.parse_id, question });
  }
  const isParsing = isPending || (asked !== null && (parse === undefined || parse.state === "parsing"));
  return { parse: asked === null ? undefined : parse, question: asked?.question, start, isParsing, forget: () => setAsked(null) };
}

/** 发送智能信息: the whole form, with what a phone will show beside it. */
export function SendForm() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const [params] = useSearchParams();
  const { mutateAsync: create } = useCreateTask();
  const looked = useLookedAt();
  const { data: domains } = useDomains();
  const [confirming, setConfirming] = useState<{ values: SendValues } | null>(null);
  const keyOf = useOnceKey();
  const copyOf = params.get("copy");
  const server = useServerForm<SendValues, SendTask>({
    name: FORM,
    draft: { user: session.user.id, form: copyOf === null ? "send-task" : `send-task.${copyOf}` },
    renamed: RENAMED,
    submit: (values) => {
      const body = taskOf(values, looked.parse?.parse_id ?? "", zone);
      return create({ body, key: keyOf(body) });
    },
    onDone: (task) => void navigate(`/send-tasks?new=${task.task_id}`),
  });
  const { form } = server;
  const values = (Form.useWatch([], form) as Partial<SendValues> | undefined) ?? INITIAL;
  useCopied(copyOf, form);
  useChosenCard(params.get("card"), form);
  const preset = domains?.items[0]?.domain;
  useEffect(() => {
    if (preset !== undefined && form.getFieldValue("domain") === undefined) {
      form.setFieldsValue({ domain: preset });
    }
  }, [preset, form]);

  const question = questionOf(values);
  const isFresh = isSame(looked.question, question);
  const isReady = isFresh && looked.parse?.state === "ready";

  function fault(field: string, text: string): void {
    const found = refusedField(field, fieldsOf(form), RENAMED) ?? refusedField(values.source === "file" ? "numbers" : "typed", fieldsOf(form));
    if (found === undefined) {
      message.error(text);
      return;
    }
    form.setFields([{ name: found.name as never, errors: [text] }]);
    goToField(FORM, found.name);
  }

  async function parse(): Promise<void> {
    if (typeof question === "string") {
      fault(question, t("campaigns.send.parseNeeds"));
      return;
    }
    try {
      await looked.start(question);
    } catch (error) {
      fault((error instanceof Problem ? error.field : undefined) ?? "", textOf(error));
    }
  }

  function ask(wanted: SendValues): void {
    const wrong = trialFault(wanted, isReady ? looked.parse : undefined);
    if (wrong !== null) {
      fault(wrong === "file" ? "numbers" : "typed", t(`campaigns.send.trialFault.${wrong}`, { max: MAX_TEST }));
    } else if (!isReady || looked.parse === undefined) {
      fault(values.source === "file" ? "numbers" : "typed", t("campaigns.send.parseFirst"));
    } else if (submittedOf(looked.parse, wanted.fallback) === 0) {
      fault("fallback", t("campaigns.send.nothing"));
    } else {
      setConfirming({ values: wanted });
    }
  }

  function reset(): void {
    server.discardDraft();
    looked.forget();
    form.setFieldsValue({ domain: preset });
  }

  return (
    <Page title={t("campaigns.send.title")} note={t("campaigns.send.note")} crumbs={[{ text: t("menuGroup.aimTasks") }, { text: t("menu.sendTasks"), to: "/send-tasks" }, { text: t("campaigns.send.title") }]}>
      <MissingStep form="send" />
      <div className="wizard">
        <Form<SendValues>
          form={form}
          name={FORM}
          layout="vertical"
          scrollToFirstError
          initialValues={INITIAL}
          onFinish={() => ask({ ...INITIAL, ...(form.getFieldsValue(true) as SendValues) })}
          onValuesChange={server.changed}
        >
          <UploadScope>
            <div className="stack">
              <DraftNotice draft={server.restored} discard={reset} />
              <RefusalNotice refusal={server.refusal} />
              <Card title={t("campaigns.send.partCard")}>
                <CardFields />
              </Card>
              <Card title={t("campaigns.send.partSms")}>
                <SmsFields parse={isReady ? looked.parse : undefined} />
              </Card>
              <Card title={t("campaigns.send.partSend")}>
                <TimeFields />
                <NumberFields parse={() => void parse()} isParsing={looked.isParsing} />
                {looked.parse !== undefined && <ParsePanel parse={looked.parse} isStale={!isFresh} />}
              </Card>
              <Space wrap>
                <SubmitButton loading={server.isPending}>{t("campaigns.send.send")}</SubmitButton>
                <TestSend values={values} />
                <Button onClick={reset}>{t("list.reset")}</Button>
              </Space>
            </div>
          </UploadScope>
        </Form>
        <aside>
          <Preview values={values} parse={isReady ? looked.parse : undefined} />
        </aside>
      </div>
      {confirming !== null && looked.parse !== undefined && (
        <ConfirmSend
          values={confirming.values}
          parse={looked.parse}
          isPending={server.isPending}
          send={() => void server.send(confirming.values).finally(() => setConfirming(null))}
          close={() => setConfirming(null)}
        />
      )}
    </Page>
  );
}
