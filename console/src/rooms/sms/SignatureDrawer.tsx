import { Descriptions, Drawer, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { FileList } from "@/kit/FileList";
import { formatTime } from "@/kit/format";
import { History } from "@/kit/History";
import { RejectReason } from "@/kit/RejectReason";
import { StateTag } from "@/kit/StateTag";
import { Trouble } from "@/kit/Trouble";
import { may, useSignedIn } from "@/rooms/identity/session";
import { type SignatureDetail, useSignature } from "@/rooms/sms/queries";
import { useUploadedFiles } from "@/rooms/sms/files";
import { SignatureAnswers } from "@/rooms/sms/SignatureAnswers";
import { SIGNATURE_TONES, useStoryEvents } from "@/rooms/sms/words";

function Details({ detail }: { detail: SignatureDetail }) {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const eventsOf = useStoryEvents();
  const uploaded = useUploadedFiles(detail.files);
  const { signature } = detail;
  const { status, signature_source: source } = signature;
  const edit = may(session, "kooMessage:aimMsgSignature:update") && (
    <Link to={`/sms-signatures/${signature.signature_id}/edit`}>{t("sms.resubmit")}</Link>
  );
  const rows = [
    ["state", t("sms.state"), <StateTag key="state" state={status} tone={SIGNATURE_TONES[status]} text={t(`sms.signatureState.${status}`)} isAskedBack={signature.is_asked_back} />],
    ["type", t("sms.signature.type"), t(`sms.typeName.${signature.signature_type}`)],
    ["app", t("sms.signature.app"), signature.app_name],
    ["channel", t("sms.signature.channel"), signature.channel_number === "" ? t("sms.signature.channelNone") : signature.channel_number],
    ["source", t("sms.signature.source"), t(`sms.source.${source}`)],
    ...(source === "0" || source === "5" ? [] : [["title", t(`sms.sourceTitle.${source}`), signature.source_title_content] as const]),
    ["third", t("sms.signature.third"), t(signature.is_involved_third ? "sms.signature.yes" : "sms.signature.no")],
    ["desc", t("sms.signature.applyDesc"), signature.apply_desc === "" ? "–" : signature.apply_desc],
    ["created", t("sms.created"), formatTime(signature.created_at, zone)],
  ] as const;
  return (
    <div className="stack">
      {status === "REVIEW_NOT_PASS" && signature.review_desc !== "" && (
        <RejectReason isAskedBack={signature.is_asked_back} reason={signature.review_desc} action={edit} />
      )}
      <p className="faint">{signature.is_asked_back ? t("sms.askedBackNote") : t(`sms.signatureStateNote.${status}`)}</p>
      <Descriptions column={1} bordered size="small" items={rows.map(([key, label, children]) => ({ key, label, children }))} />
      <FileList files={uploaded} />
      <SignatureAnswers signature={signature} />
      <h3>{t("sms.history")}</h3>
      <History events={eventsOf(detail.stories)} zone={zone} />
    </div>
  );
}

/** One signature: its form, its pictures, what the desk said. */
export function SignatureDrawer({ signatureId, close }: { signatureId: string | null; close: () => void }) {
  const { data, error, isPending, refetch } = useSignature(signatureId);
  return (
    <Drawer open={signatureId !== null} onClose={close} title={data?.signature.signature_name} size={600}>
      {data === undefined && error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {isPending && <Skeleton active />}
      {data !== undefined && <Details detail={data} />}
    </Drawer>
  );
}
