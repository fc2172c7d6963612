import "@/rooms/sms/sms.css";

import { App, Card, Form, Input, Radio, Select, Skeleton } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";

import { Page } from "@/kit/Page";
import { RejectReason } from "@/kit/RejectReason";
import { ServerForm } from "@/kit/ServerForm";
import { Trouble } from "@/kit/Trouble";
import { useSignedIn } from "@/rooms/identity/session";
import { ContentEditor } from "@/rooms/sms/ContentEditor";
import { useRested } from "@/rooms/sms/Look";
import { MissingNotice, useMissing } from "@/rooms/sms/Preconditions";
import { acts, PICKED, type TemplateDetail, useAct, useApps, useSignatures, useTemplate } from "@/rooms/sms/queries";
import { bodyOf, type TemplateValues, valuesOf } from "@/rooms/sms/templateForm";
import { TemplateLook } from "@/rooms/sms/TemplateLook";
import { SMS_TYPES } from "@/rooms/sms/words";

const NAME_CHARS = 30;
const DESC_CHARS = 100;

/** Type, app and signature: a signature has one of each, so either choice narrows the other. */
function Pickers() {
  const { t } = useTranslation();
  const form = Form.useFormInstance<TemplateValues>();
  const type = Form.useWatch("template_type", form);
  const appId = Form.useWatch("app_id", form);
  const [typed, setTyped] = useState("");
  const name = useRested(typed);
  const apps = useApps({ limit: 10, state: ["LAUNCHED"] }).data?.items ?? [];
  const app = apps.find(({ app_id: id }) => id === appId);
  const signatures = useSignatures({
    state: ["REVIEW_PASSED"],
    limit: PICKED,
    sort: "name",
    type,
    app_name: app?.app_name,
    name: name === "" ? undefined : name,
  });
  const found = signatures.data?.items ?? [];
  return (
    <>
      <Form.Item name="template_type" label={t("sms.template.type")} required>
        <Radio.Group
          options={SMS_TYPES.map((value) => ({ value, label: t(`sms.typeName.${value}`) }))}
          onChange={() => form.setFieldValue("signature_id", undefined)}
        />
      </Form.Item>
      <Form.Item
        name="app_id"
        label={t("sms.template.app")}
        extra={<Link to="/sms-apps">{t("sms.goAdd")}</Link>}
        rules={[{ required: true, message: t("sms.signature.appMissing") }]}
      >
        <Select
          placeholder={t("sms.choose")}
          options={apps.map(({ app_id: value, app_name: label }) => ({ value, label }))}
          onChange={() => form.setFieldValue("signature_id", undefined)}
          style={{ maxWidth: 420 }}
        />
      </Form.Item>
      <Form.Item
        name="signature_id"
        label={t("sms.template.signature")}
        extra={
          <>
            {t("sms.template.signatureHint")} <Link to="/sms-signatures">{t("sms.goAdd")}</Link>
          </>
        }
        rules={[{ required: true, message: t("sms.template.signatureMissing") }]}
      >
        <Select
          showSearch={{ filterOption: false, onSearch: setTyped }}
          loading={signatures.isFetching}
          placeholder={t("sms.choose")}
          options={found.map((row) => ({
            value: row.signature_id,
            label: `${row.signature_name}-${t(`sms.typeName.${row.signature_type}`)}`,
          }))}
          onChange={(id: string) => {
            const chosen = found.find((row) => row.signature_id === id);
            if (chosen !== undefined) {
              form.setFieldsValue({ app_id: chosen.app_id, template_type: chosen.signature_type });
            }
          }}
          style={{ maxWidth: 420 }}
        />
      </Form.Item>
    </>
  );
}

interface TemplateFormProps {
  from: TemplateDetail | null;
  /** What is modified; a copy and a new one have none. */
  templateId: string | null;
}

function TemplateForm({ from, templateId }: TemplateFormProps) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const { session } = useSignedIn();
  const navigate = useNavigate();
  const act = useAct();
  const missing = useMissing("template");
  const area = useRef<TextAreaRef>(null);
  const title = t(templateId === null ? "sms.template.add" : "sms.template.edit");
  const back = () => void navigate("/sms-templates");

  function show(start: number, end: number): void {
    const textarea = area.current?.resizableTextArea?.textArea;
    textarea?.focus();
    textarea?.setSelectionRange(start, end);
  }

  return (
    <Page
      title={title}
      crumbs={[{ text: t("menuGroup.smsConfig") }, { text: t("sms.template.menu"), to: "/sms-templates" }, { text: title }]}
    >
      <MissingNotice missing={missing} />
      {templateId !== null && from?.stories[0]?.state === "rejected" && (
        <RejectReason isAskedBack={from.template.is_asked_back} reason={from.template.review_desc} />
      )}
      <ServerForm<TemplateValues>
        name="sms-template"
        initialValues={valuesOf(from?.template, from?.template.template_name)}
        // A filled-in form is not covered by what was typed into the empty one.
        draft={from === null ? { user: session.user.id, form: "sms-template" } : undefined}
        renamed={{ variable_attributes: "template_content" }}
        submit={(values) => act(() => acts.saveTemplate(templateId, bodyOf(values)))}
        onDone={() =>
          modal.success({
            title: t("sms.template.submittedTitle"),
            content: t("sms.template.submittedText"),
            okText: t("sms.confirm"),
            afterClose: back,
          })
        }
        submitText={t("sms.ok")}
        isDisabled={missing !== null}
        cancel={back}
      >
        <div className="sms-form">
          <Card style={{ marginBottom: 16 }}>
            <Form.Item
              name="template_name"
              label={t("sms.template.name")}
              rules={[{ required: true, whitespace: true, message: t("sms.template.nameMissing") }]}
            >
              <Input maxLength={NAME_CHARS} showCount style={{ maxWidth: 420 }} />
            </Form.Item>
            <Pickers />
            <ContentEditor area={area} />
            <Form.Item name="template_desc" label={t("sms.template.desc")} extra={t("sms.template.descHint")}>
              <Input.TextArea rows={2} maxLength={DESC_CHARS} showCount />
            </Form.Item>
          </Card>
          <TemplateLook show={show} />
        </div>
      </ServerForm>
    </Page>
  );
}

function Loaded({ fromId, templateId }: { fromId: string; templateId: string | null }) {
  const { data, error, refetch } = useTemplate(fromId);
  if (data === undefined) {
    return error === null ? <Skeleton active paragraph={{ rows: 10 }} /> : <Trouble error={error} retry={() => void refetch()} />;
  }
  return <TemplateForm key={fromId} from={data} templateId={templateId} />;
}

/** 添加模板; `?copy=` fills in another one's form. */
export function NewTemplate() {
  const [params] = useSearchParams();
  const copied = params.get("copy");
  return copied === null ? <TemplateForm from={null} templateId={null} /> : <Loaded fromId={copied} templateId={null} />;
}

/** 修改模板, after a rejection. */
export function EditedTemplate() {
  const { templateId = "" } = useParams();
  return <Loaded fromId={templateId} templateId={templateId} />;
}
