import { DownloadOutlined } from "@ant-design/icons";
import { App, Card, Form, Input, Radio, Skeleton } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";

import { Page } from "@/kit/Page";
import { RejectReason } from "@/kit/RejectReason";
import { ServerForm } from "@/kit/ServerForm";
import { isWithdrawn } from "@/kit/stories";
import { Trouble } from "@/kit/Trouble";
import { UploadField } from "@/kit/UploadField";
import type { Uploaded } from "@/kit/useUploads";
import { urlOfLetter } from "@/rooms/enterprises/queries";
import { useWord } from "@/rooms/enterprises/words";
import { may, useSignedIn } from "@/rooms/identity/session";
import { MissingStep } from "@/rooms/overview/Missing";
import { useAct } from "@/rooms/video_sms/queries";
import {
  MAX_FILE_BYTES,
  senderOf,
  shownFiles,
  signatureActs,
  SIGNATURE_CHARS,
  useSignatureNeeds,
  useVideoSignature,
  type VideoSignatureDetail,
} from "@/rooms/video_sms/signatureQueries";

const DESC_CHARS = 100;
const FILED_LETTER = "signature_authorisation";
const sendLetter = senderOf("authorisation_file_id");
const sendMaterial = senderOf("material_file_id");

interface SignatureValues {
  signature_name?: string;
  is_involved_third?: boolean;
  apply_desc?: string;
  authorisation_file_id?: Uploaded[];
  material_file_id?: Uploaded[];
}

type Reasons = VideoSignatureDetail["reasons"];

/** What the desk said about a field, beside it. */
function Said({ field, reasons }: { field: string; reasons: Reasons }) {
  const wordOf = useWord();
  return reasons
    .filter((reason) => reason.field === field)
    .map((reason) => (
      <div key={reason.zh} data-said={field} role="note" className="said">
        {wordOf(reason)}
      </div>
    ));
}

/** 签名授权函: which of the three rules holds now stands beside it. */
function Authorisation({ said }: { said: ReactNode }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const { data } = useSignatureNeeds();
  const isThird = Form.useWatch<boolean | undefined>("is_involved_third") === true;
  const isFiled = data?.is_authorised;
  const rule = isThird ? "letterThird" : isFiled === false ? "letterNotFiled" : "letterFiled";
  const sample = may(session, "hongyan:filing:list") && (
    <a href={urlOfLetter(FILED_LETTER)} download>
      <DownloadOutlined aria-hidden /> {t("video_sms.signature.sample")}
    </a>
  );
  return (
    <Form.Item
      name="authorisation_file_id"
      label={t("video_sms.signature.authorisation")}
      rules={[{ required: isThird || isFiled === false, message: t("video_sms.signature.letterMissing") }]}
      extra={
        <>
          <div data-rule={rule}>{(isThird || isFiled !== undefined) && t(`video_sms.signature.${rule}`)}</div>
          {said}
        </>
      }
    >
      <UploadField types={[".pdf"]} maxBytes={MAX_FILE_BYTES} send={sendLetter} sample={sample} />
    </Form.Item>
  );
}

function Fields({ reasons }: { reasons: Reasons }) {
  const { t } = useTranslation();
  const name = (Form.useWatch<string | undefined>("signature_name") ?? "").trim();
  const said = (field: string) => <Said field={field} reasons={reasons} />;
  return (
    <>
      <Form.Item
        name="signature_name"
        label={t("video_sms.signature.name")}
        extra={
          <>
            <div>{name === "" ? t("video_sms.signature.nameHint") : t("video_sms.signature.begins", { name })}</div>
            {said("signature_name")}
          </>
        }
        rules={[
          { required: true, whitespace: true, message: t("video_sms.signature.nameMissing") },
          { pattern: /^[^[\]【】#]*$/, message: t("video_sms.signature.nameCharacters") },
        ]}
      >
        <Input maxLength={SIGNATURE_CHARS} showCount style={{ maxWidth: 420 }} />
      </Form.Item>
      <Form.Item name="is_involved_third" label={t("video_sms.signature.third")} extra={<>{t("video_sms.signature.thirdHint")}{said("is_involved_third")}</>} required>
        <Radio.Group
          options={[
            { value: true, label: t("video_sms.signature.yes") },
            { value: false, label: t("video_sms.signature.no") },
          ]}
        />
      </Form.Item>
      <Authorisation said={said("authorisation_file_id")} />
      <Form.Item
        name="material_file_id"
        label={t("video_sms.signature.material")}
        extra={
          <>
            {t("video_sms.signature.materialHint")}
            {said("material_file_id")}
          </>
        }
      >
        <UploadField types={[".zip", ".rar"]} maxBytes={MAX_FILE_BYTES} send={sendMaterial} />
      </Form.Item>
      <Form.Item
        name="apply_desc"
        label={t("video_sms.signature.applyDesc")}
        extra={
          <>
            <div>{t("video_sms.signature.applyDescHint")}</div>
            {said("apply_desc")}
          </>
        }
      >
        <Input.TextArea rows={3} maxLength={DESC_CHARS} showCount />
      </Form.Item>
    </>
  );
}

/** The form, empty or filled in from a signature that is modified. */
function SignatureForm({ from }: { from: VideoSignatureDetail | null }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const navigate = useNavigate();
  const act = useAct();
  const old = from?.signature;
  const files = from?.files ?? [];
  const title = t(from === null ? "video_sms.signature.add" : "video_sms.signature.edit");
  const back = () => void navigate("/video-signatures");
  return (
    <Page title={title} crumbs={[{ text: t("menuGroup.videoSms") }, { text: t("video_sms.signature.menu"), to: "/video-signatures" }, { text: title }]}>
      <MissingStep form="video" />
      {old?.state === "rejected" && old.review_desc !== "" && !isWithdrawn(from?.stories ?? []) && (
        <RejectReason isAskedBack={old.is_asked_back} reason={old.review_desc} />
      )}
      <Card>
        <ServerForm<SignatureValues>
          name="video-signature"
          initialValues={{
            signature_name: old?.signature_name,
            is_involved_third: old?.is_involved_third ?? false,
            authorisation_file_id: shownFiles(files, "authorisation_file_id"),
            material_file_id: shownFiles(files, "material_file_id"),
            apply_desc: old?.apply_desc,
          }}
          submit={({ authorisation_file_id: letter, material_file_id: material, ...values }) =>
            act(() =>
              signatureActs.save(old?.signature_id ?? null, {
                signature_name: values.signature_name?.trim() ?? "",
                is_involved_third: values.is_involved_third ?? false,
                apply_desc: values.apply_desc ?? "",
                authorisation_file_id: letter?.[0]?.id ?? null,
                material_file_id: material?.[0]?.id ?? null,
              }),
            )
          }
          onDone={() =>
            modal.success({
              title: t("sms.submitted"),
              content: t("video_sms.signature.submittedText"),
              okText: t("video_sms.confirm"),
              afterClose: back,
            })
          }
          submitText={t("video_sms.signature.submit")}
          cancel={back}
        >
          <Fields reasons={from?.reasons ?? []} />
        </ServerForm>
      </Card>
    </Page>
  );
}

/** 添加签名. */
export function NewSignature() {
  return <SignatureForm from={null} />;
}

/** 修改签名, after a rejection. */
export function EditedSignature() {
  const { signatureId = "" } = useParams();
  const { data, error, refetch } = useVideoSignature(signatureId);
  if (data === undefined) {
    return error === null ? <Skeleton active paragraph={{ rows: 10 }} /> : <Trouble error={error} retry={() => void refetch()} />;
  }
  return <SignatureForm key={signatureId} from={data} />;
}
