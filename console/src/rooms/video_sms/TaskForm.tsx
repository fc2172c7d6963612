import "@/rooms/video_sms/video.css";

import { Alert, Button, Card, Descriptions, Form, Modal, Space } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";

import { goToField } from "@/kit/fields";
import { formatCount, formatTime } from "@/kit/format";
import { useOnceKey } from "@/kit/onceKey";
import { Page } from "@/kit/Page";
import { DraftNotice, RefusalNotice } from "@/kit/ServerForm";
import { SubmitButton, UploadScope } from "@/kit/SubmitButton";
import { useServerForm } from "@/kit/useServerForm";
import { useNumberFile } from "@/rooms/campaigns/send/queries";
import { useSignedIn } from "@/rooms/identity/session";
import { MissingStep } from "@/rooms/overview/Missing";
import { TemplatePhone } from "@/rooms/video_sms/FramesPhone";
import { acts, useAct, useVideoTemplate, type VideoTask } from "@/rooms/video_sms/queries";
import { NumberField, ParamFields, SendFields, TemplateField } from "@/rooms/video_sms/TaskFields";
import { FORM, INITIAL, RENAMED, sendAtOf, taskOf, type TaskValues } from "@/rooms/video_sms/taskForm";

interface Confirming {
  values: TaskValues;
}

interface ConfirmProps {
  values: TaskValues;
  template: string;
  count: number;
  isPending: boolean;
  send: () => void;
  close: () => void;
}

/** 发送信息确认: what goes to how many, and when. */
function Confirm({ values, template, count, isPending, send, close }: ConfirmProps) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const sendAt = sendAtOf(values, zone);
  const when = sendAt === null ? t("video_sms.task.whenNow") : formatTime(sendAt, zone);
  const items = [
    { key: "name", label: t("video_sms.task.name"), children: values.task_name },
    { key: "template", label: t("video_sms.task.template"), children: template },
    { key: "count", label: t("video_sms.task.count"), children: <strong data-confirm-count>{formatCount(count)}</strong> },
    { key: "when", label: t("video_sms.task.when"), children: when },
  ];
  return (
    <Modal
      open
      title={t("video_sms.task.confirmTitle")}
      okText={t("video_sms.confirm")}
      cancelText={t("action.back")}
      okButtonProps={{ loading: isPending }}
      cancelButtonProps={{ disabled: isPending }}
      closable={!isPending}
      mask={{ closable: false }}
      onOk={send}
      onCancel={close}
    >
      <Descriptions column={1} size="small" bordered items={items} style={{ marginBottom: 16 }} />
      <Alert type="warning" showIcon title={t("video_sms.task.confirmNote")} />
    </Modal>
  );
}

/** 发送智能信息基础版. */
export function TaskForm() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const act = useAct();
  const [confirming, setConfirming] = useState<Confirming | null>(null);
  const keyOf = useOnceKey();
  const params = () => detail?.template.params ?? [];
  const server = useServerForm<TaskValues, VideoTask>({
    name: FORM,
    draft: { user: session.user.id, form: FORM },
    renamed: RENAMED,
    submit: (values) => {
      const body = taskOf(values, params(), zone);
      return act(() => acts.send(body, keyOf(body)));
    },
    onDone: (task) => void navigate(`/video-tasks?new=${task.task_id}`),
  });
  const { form } = server;
  const tplId = Form.useWatch("tpl_id", form);
  const mode = Form.useWatch("mode", form);
  const files = Form.useWatch("numbers", form);
  const { data: detail } = useVideoTemplate(tplId);
  const { data: file } = useNumberFile(files?.[0]?.id);
  const asked = search.get("template");
  useEffect(() => {
    if (asked !== null) {
      form.setFieldsValue({ tpl_id: asked });
    }
  }, [asked, form]);

  function ask(): void {
    if (file?.state !== "parsed" || file.counts.imported === 0) {
      const text = t(file?.state === "parsed" ? "video_sms.task.fileNone" : "video_sms.task.fileWait");
      form.setFields([{ name: "numbers", errors: [text] }]);
      goToField(FORM, ["numbers"]);
      return;
    }
    setConfirming({ values: { ...INITIAL, ...(form.getFieldsValue(true) as TaskValues) } });
  }

  const title = t("video_sms.task.send");
  return (
    <Page title={title} note={t("video_sms.task.sendNote")} crumbs={[{ text: t("menuGroup.videoSms") }, { text: t("video_sms.task.menu"), to: "/video-tasks" }, { text: title }]}>
      <MissingStep form="video" />
      <div className="video-form">
        <Form<TaskValues> form={form} name={FORM} layout="vertical" scrollToFirstError initialValues={INITIAL} onFinish={ask} onValuesChange={server.changed}>
          <UploadScope>
            <DraftNotice draft={server.restored} discard={server.discardDraft} />
            <RefusalNotice refusal={server.refusal} />
            <Card style={{ marginBottom: 16 }}>
              <TemplateField />
              {detail !== undefined && <ParamFields params={detail.template.params} />}
              <SendFields />
              <NumberField isIndividual={mode === "individual" && (detail?.template.params.length ?? 0) > 0} />
            </Card>
            <Space wrap>
              <SubmitButton loading={server.isPending}>{t("video_sms.task.submit")}</SubmitButton>
              <Button onClick={server.discardDraft}>{t("list.reset")}</Button>
            </Space>
          </UploadScope>
        </Form>
        {detail !== undefined && (
          <aside>
            <TemplatePhone detail={detail} />
          </aside>
        )}
      </div>
      {confirming !== null && (
        <Confirm
          values={confirming.values}
          template={detail?.template.name ?? ""}
          count={file?.counts.imported ?? 0}
          isPending={server.isPending}
          send={() => void server.send(confirming.values).finally(() => setConfirming(null))}
          close={() => setConfirming(null)}
        />
      )}
    </Page>
  );
}
