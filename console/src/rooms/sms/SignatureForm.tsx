import { Alert, App, Card, Form, Input, Radio, Select, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";

import { Page } from "@/kit/Page";
import { RejectReason } from "@/kit/RejectReason";
import { ServerForm } from "@/kit/ServerForm";
import { Trouble } from "@/kit/Trouble";
import { UploadField } from "@/kit/UploadField";
import type { Uploaded } from "@/kit/useUploads";
import { useUploadedFiles } from "@/rooms/sms/files";
import { Look, useRested } from "@/rooms/sms/Look";
import { MissingNotice, useMissing } from "@/rooms/sms/Preconditions";
import {
  acts,
  MAX_PICTURE_BYTES,
  PICTURE_TYPES,
  sendPicture,
  type SignatureBody,
  type SignatureDetail,
  useAct,
  useApps,
  useSignature,
  useSignatureLook,
} from "@/rooms/sms/queries";
import { SMS_TYPES, SOURCES } from "@/rooms/sms/words";

const NAME_CHARS = 16;
const DESC_CHARS = 80;
const TITLE_CHARS = 180;

type SignatureValues = Partial<Omit<SignatureBody, "file_id" | "power_attorney_file_id">> & {
  file_id?: Uploaded[];
  power_attorney_file_id?: Uploaded[];
};

/** Return the request; fields that the form does not show now have no value. */
function bodyOf({ file_id: licence, power_attorney_file_id: attorney, ...values }: SignatureValues): SignatureBody {
  const isThird = values.is_involved_third ?? false;
  return {
    signature_name: values.signature_name?.trim() ?? "",
    signature_type: values.signature_type ?? "NOTIFY_TYPE",
    app_id: values.app_id ?? "",
    signature_source: values.signature_source ?? "0",
    source_title_content: values.source_title_content?.trim() ?? "",
    is_involved_third: isThird,
    file_id: licence?.[0]?.id ?? "",
    power_attorney_file_id: isThird ? (attorney?.[0]?.id ?? "") : "",
    apply_desc: values.apply_desc ?? "",
  };
}

function NameLook() {
  const form = Form.useFormInstance<SignatureValues>();
  const name = Form.useWatch("signature_name", form);
  const source = Form.useWatch("signature_source", form);
  const title = Form.useWatch("source_title_content", form);
  const draft = useRested(
    bodyOf({ signature_name: name, signature_source: source, source_title_content: title }),
  );
  const { data } = useSignatureLook(draft);
  // Whether something is left out shows when the form is sent.
  const objections = data?.objections.filter(({ field, code }) => field === "signature_name" || code === "source_title_address");
  return <Look objections={draft.signature_name === "" ? undefined : objections} text={draft.signature_name} />;
}

function Fields() {
  const { t } = useTranslation();
  const form = Form.useFormInstance<SignatureValues>();
  const apps = useApps({ limit: 10, state: ["LAUNCHED"] });
  const type = Form.useWatch("signature_type", form);
  const source = Form.useWatch("signature_source", form) ?? "0";
  const isThird = Form.useWatch("is_involved_third", form) === true;
  const name = (Form.useWatch("signature_name", form) ?? "").trim();
  const required = (message: string) => [{ required: true, message }];
  const picture = { types: PICTURE_TYPES, maxBytes: MAX_PICTURE_BYTES, send: sendPicture };
  return (
    <>
      <Form.Item
        name="signature_name"
        label={t("sms.signature.name")}
        extra={name === "" ? t("sms.signature.nameHint") : t("sms.signature.sample", { name })}
        rules={[{ required: true, whitespace: true, message: t("sms.signature.nameMissing") }]}
      >
        <Input maxLength={NAME_CHARS} showCount style={{ maxWidth: 420 }} />
      </Form.Item>
      <Form.Item label={t("sms.look.title")}>
        <NameLook />
      </Form.Item>
      <Form.Item name="signature_type" label={t("sms.signature.type")} required>
        <Radio.Group options={SMS_TYPES.map((value) => ({ value, label: t(`sms.typeName.${value}`) }))} />
      </Form.Item>
      {type === "PROMOTION_TYPE" && <Alert type="warning" showIcon title={t("sms.signature.promotionNote")} style={{ marginBottom: 16 }} />}
      <Form.Item
        name="app_id"
        label={t("sms.signature.app")}
        extra={<Link to="/sms-apps">{t("sms.goAdd")}</Link>}
        rules={required(t("sms.signature.appMissing"))}
      >
        <Select
          loading={apps.isPending}
          placeholder={t("sms.choose")}
          options={apps.data?.items.map(({ app_id: value, app_name: label }) => ({ value, label }))}
          style={{ maxWidth: 420 }}
        />
      </Form.Item>
      <Form.Item name="signature_source" label={t("sms.signature.source")} required>
        <Radio.Group options={SOURCES.map((value) => ({ value, label: t(`sms.source.${value}`) }))} />
      </Form.Item>
      {source !== "0" && source !== "5" && (
        <Form.Item
          name="source_title_content"
          label={t(`sms.sourceTitle.${source}`)}
          rules={[{ required: true, whitespace: true, message: t("sms.signature.sourceTitleMissing", { what: t(`sms.sourceTitle.${source}`) }) }]}
        >
          <Input maxLength={TITLE_CHARS} style={{ maxWidth: 420 }} />
        </Form.Item>
      )}
      <Form.Item name="is_involved_third" label={t("sms.signature.third")} required>
        <Radio.Group
          options={[
            { value: true, label: t("sms.signature.yes") },
            { value: false, label: t("sms.signature.no") },
          ]}
        />
      </Form.Item>
      {isThird && (
        <Form.Item name="power_attorney_file_id" label={t("sms.signature.attorney")} rules={required(t("sms.signature.attorneyMissing"))}>
          <UploadField {...picture} hint={t("sms.signature.attorneyHint")} />
        </Form.Item>
      )}
      <Form.Item name="file_id" label={t("sms.signature.licence")} rules={required(t("sms.signature.licenceMissing"))}>
        <UploadField {...picture} hint={t("sms.signature.licenceHint")} />
      </Form.Item>
      <Form.Item name="apply_desc" label={t("sms.signature.applyDesc")} extra={t("sms.signature.applyDescHint")}>
        <Input.TextArea rows={2} maxLength={DESC_CHARS} showCount />
      </Form.Item>
    </>
  );
}

/** The form, empty or filled in from a signature that is modified or copied. */
function SignatureForm({ from, signatureId }: { from: SignatureDetail | null; signatureId: string | null }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const navigate = useNavigate();
  const act = useAct();
  const missing = useMissing("signature");
  const uploaded = useUploadedFiles(from?.files ?? []);
  const title = t(signatureId === null ? "sms.signature.add" : "sms.signature.edit");
  const old = from?.signature;
  const filesOf = (fileId: string | null | undefined) => uploaded.filter(({ id }) => id === fileId);
  const back = () => void navigate("/sms-signatures");
  return (
    <Page
      title={title}
      crumbs={[{ text: t("menuGroup.smsConfig") }, { text: t("sms.signature.menu"), to: "/sms-signatures" }, { text: title }]}
    >
      <MissingNotice missing={missing} />
      {signatureId !== null && old !== undefined && from?.stories[0]?.state === "rejected" && (
        <RejectReason isAskedBack={old.is_asked_back} reason={old.review_desc} />
      )}
      <Card>
        <ServerForm<SignatureValues>
          name="sms-signature"
          initialValues={{
            signature_name: old?.signature_name,
            signature_type: old?.signature_type ?? "NOTIFY_TYPE",
            app_id: old?.app_id,
            signature_source: old?.signature_source ?? "0",
            source_title_content: old?.source_title_content,
            is_involved_third: old?.is_involved_third ?? false,
            file_id: filesOf(old?.file_id),
            power_attorney_file_id: filesOf(old?.power_attorney_file_id),
            apply_desc: old?.apply_desc,
          }}
          submit={(values) => act(() => acts.saveSignature(signatureId, bodyOf(values)))}
          onDone={() =>
            modal.success({
              title: t("sms.submitted"),
              content: t("sms.signature.submittedText"),
              okText: t("sms.confirm"),
              afterClose: back,
            })
          }
          submitText={t("sms.ok")}
          isDisabled={missing !== null}
          cancel={back}
        >
          <Fields />
        </ServerForm>
      </Card>
    </Page>
  );
}

function Loaded({ fromId, signatureId }: { fromId: string; signatureId: string | null }) {
  const { data, error, refetch } = useSignature(fromId);
  if (data === undefined) {
    return error === null ? <Skeleton active paragraph={{ rows: 10 }} /> : <Trouble error={error} retry={() => void refetch()} />;
  }
  return <SignatureForm key={fromId} from={data} signatureId={signatureId} />;
}

/** 添加签名; `?copy=` fills in another one's form. */
export function NewSignature() {
  const [params] = useSearchParams();
  const copied = params.get("copy");
  return copied === null ? <SignatureForm from={null} signatureId={null} /> : <Loaded fromId={copied} signatureId={null} />;
}

/** 修改签名, after a rejection. */
export function EditedSignature() {
  const { signatureId = "" } = useParams();
  return <Loaded fromId={signatureId} signatureId={signatureId} />;
}
