import "@/rooms/video_sms/video.css";

import { App, Card, Checkbox, Form, Input, InputNumber, Skeleton } from "antd";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";

import { Page } from "@/kit/Page";
import { ServerForm } from "@/kit/ServerForm";
import { Trouble } from "@/kit/Trouble";
import { MissingStep } from "@/rooms/overview/Missing";
import { bodyOf, copyOf, type FrameValues, type TemplateValues } from "@/rooms/video_sms/frames";
import { FramesEditor } from "@/rooms/video_sms/FramesEditor";
import { DraftPhone } from "@/rooms/video_sms/FramesPhone";
import { acts, useAct, useVideoTemplate, type VideoTemplateDetail } from "@/rooms/video_sms/queries";
import { SignatureField } from "@/rooms/video_sms/SignatureField";

const NAME_CHARS = 100;
const TITLE_CHARS = 20;
const REMARK_CHARS = 200;
const MAX_DAYS = 9999;

function Facts() {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item name="tpl_name" label={t("video_sms.template.name")} rules={[{ required: true, whitespace: true, message: t("video_sms.template.nameMissing") }]}>
        <Input maxLength={NAME_CHARS} showCount style={{ maxWidth: 420 }} />
      </Form.Item>
      <Form.Item
        name="title"
        label={t("video_sms.template.title")}
        extra={t("video_sms.template.titleHint")}
        rules={[
          { required: true, whitespace: true, message: t("video_sms.template.titleMissing") },
          { pattern: /^[^【】]*$/, message: t("video_sms.template.titleHint") },
        ]}
      >
        <Input maxLength={TITLE_CHARS} showCount style={{ maxWidth: 420 }} />
      </Form.Item>
      <SignatureField />
      <Form.Item
        name="expiration_time"
        label={t("video_sms.template.days")}
        extra={t("video_sms.template.daysHint")}
        rules={[{ required: true, message: t("video_sms.template.daysMissing") }]}
      >
        <InputNumber min={1} max={MAX_DAYS} precision={0} style={{ width: 160 }} />
      </Form.Item>
      <Form.Item name="remarks" label={t("video_sms.template.remarks")} extra={t("video_sms.template.remarksHint")}>
        <Input.TextArea rows={2} maxLength={REMARK_CHARS} showCount />
      </Form.Item>
    </>
  );
}

const EMPTY: FrameValues[] = [{ elements: [{ kind: "medium" }, { kind: "text" }] }];

function TemplateForm({ from, frames }: { from: VideoTemplateDetail | null; frames: FrameValues[] }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const navigate = useNavigate();
  const act = useAct();
  const initial: Partial<TemplateValues> = {
    tpl_name: from?.template.name,
    title: from?.template.title,
    signature: from?.template.signature,
    expiration_time: from?.valid_days ?? 180,
    remarks: from?.remarks ?? "",
    frames,
    is_draft: false,
  };
  const [values, setValues] = useState(initial);
  const onFrames = useCallback((now: FrameValues[]) => setValues((all) => ({ ...all, frames: now })), []);
  const isDraft = values.is_draft === true;
  const title = t(from === null ? "video_sms.template.add" : "video_sms.template.copyTitle");
  const back = () => void navigate("/video-templates");
  return (
    <Page title={title} crumbs={[{ text: t("menuGroup.videoSms") }, { text: t("video_sms.template.menu"), to: "/video-templates" }, { text: title }]}>
      <MissingStep form="video" />
      <div className="video-form">
        <ServerForm<TemplateValues>
          name="video-template"
          initialValues={initial}
          submit={async (filled) => {
            const body = await bodyOf({ ...filled, callback_url: from?.callback_url ?? "" });
            return act(() => acts.createTemplate(body));
          }}
          onDone={(made) =>
            modal.success({
              title: t(isDraft ? "video_sms.template.savedTitle" : "video_sms.template.submittedTitle"),
              content: t(isDraft ? "video_sms.template.savedText" : "video_sms.template.submittedText", { id: (made as { tpl_id: string }).tpl_id }),
              okText: t("video_sms.confirm"),
              afterClose: back,
            })
          }
          onValuesChange={(_, all) => setValues({ ...all })}
          submitText={t(isDraft ? "video_sms.template.save" : "video_sms.template.submit")}
          cancel={back}
        >
          <Card title={t("video_sms.template.facts")} style={{ marginBottom: 16 }}>
            <Facts />
          </Card>
          <Card title={t("video_sms.template.frames")} style={{ marginBottom: 16 }}>
            <p className="faint">{t("video_sms.template.framesHint")}</p>
            <FramesEditor onFrames={onFrames} />
          </Card>
          <Form.Item name="is_draft" valuePropName="checked">
            <Checkbox>{t("video_sms.template.asDraft")}</Checkbox>
          </Form.Item>
        </ServerForm>
        <aside>
          <DraftPhone title={values.title} signature={values.signature} frames={values.frames ?? []} />
        </aside>
      </div>
    </Page>
  );
}

/** The media of a template are fetched before its form shows them. */
function Copied({ tplId }: { tplId: string }) {
  const { data, error, refetch } = useVideoTemplate(tplId);
  const [copy, setCopy] = useState<FrameValues[] | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (data !== undefined && copy === null) {
      copyOf(data).then(setCopy, setFailed);
    }
  }, [data, copy, tries]);
  const again = () => {
    setFailed(null);
    setTries(tries + 1);
    void refetch();
  };
  const trouble = error ?? failed;
  if (data === undefined || copy === null) {
    return trouble === null ? <Skeleton active paragraph={{ rows: 10 }} /> : <Trouble error={trouble} retry={again} />;
  }
  return <TemplateForm from={data} frames={copy} />;
}

/** 新建模板; `?copy=` fills in another one's frames. */
export function NewTemplate() {
  const [params] = useSearchParams();
  const copied = params.get("copy");
  return copied === null ? <TemplateForm from={null} frames={EMPTY} /> : <Copied tplId={copied} />;
}
