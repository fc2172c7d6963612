import { Descriptions, Drawer, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { FileList } from "@/kit/FileList";
import { formatTime } from "@/kit/format";
import { History } from "@/kit/History";
import { RejectReason } from "@/kit/RejectReason";
import { StateTag } from "@/kit/StateTag";
import { isWithdrawn } from "@/kit/stories";
import { Trouble } from "@/kit/Trouble";
import { may, useSignedIn } from "@/rooms/identity/session";
import { shownFiles, useVideoSignature, type VideoSignatureDetail } from "@/rooms/video_sms/signatureQueries";
import { SIGNATURE_TONES, useStoryEvents } from "@/rooms/video_sms/words";

function Details({ detail }: { detail: VideoSignatureDetail }) {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const eventsOf = useStoryEvents();
  const { signature, files } = detail;
  const { state, review_desc: reason } = signature;
  const isTakenBack = state === "rejected" && isWithdrawn(detail.stories);
  const isRefused = state === "rejected" && reason !== "" && !isTakenBack;
  const note = isTakenBack ? t("video_sms.signature.withdrawnNote") : signature.is_asked_back ? t("sms.askedBackNote") : t(`video_sms.signatureStateNote.${state}`);
  const edit = may(session, "kooMessage:aimBasicTemplate:create") && (
    <Link to={`/video-signatures/${signature.signature_id}/edit`}>{t("sms.resubmit")}</Link>
  );
  const filesOf = (field: "authorisation_file_id" | "material_file_id") => {
    const found = shownFiles(files, field);
    return found.length === 0 ? "–" : <FileList files={found} />;
  };
  const rows = [
    ["state", t("video_sms.state"), <StateTag key="state" state={state} tone={SIGNATURE_TONES[state]} text={t(`video_sms.signatureState.${state}`)} isAskedBack={signature.is_asked_back} />],
    ["third", t("video_sms.signature.third"), t(signature.is_involved_third ? "video_sms.signature.yes" : "video_sms.signature.no")],
    ["authorisation", t("video_sms.signature.authorisation"), filesOf("authorisation_file_id")],
    ["material", t("video_sms.signature.material"), filesOf("material_file_id")],
    ["desc", t("video_sms.signature.applyDesc"), signature.apply_desc === "" ? "–" : <span key="desc" style={{ whiteSpace: "pre-wrap" }}>{signature.apply_desc}</span>],
    ["created", t("video_sms.created"), formatTime(signature.created_at, zone)],
  ] as const;
  return (
    <div className="stack">
      {isRefused && <RejectReason isAskedBack={signature.is_asked_back} reason={reason} action={edit} />}
      <p className="faint">{note}</p>
      <Descriptions column={1} bordered size="small" items={rows.map(([key, label, children]) => ({ key, label, children }))} />
      <h3>{t("video_sms.history")}</h3>
      <History events={eventsOf(detail.stories)} zone={zone} />
    </div>
  );
}

/** One signature: its form, its documents, what the desk said. */
export function SignatureDrawer({ signatureId, close }: { signatureId: string | null; close: () => void }) {
  const { data, error, isPending, refetch } = useVideoSignature(signatureId);
  return (
    <Drawer open={signatureId !== null} onClose={close} title={data?.signature.signature_name} size={600}>
      {data === undefined && error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {isPending && <Skeleton active />}
      {data !== undefined && <Details detail={data} />}
    </Drawer>
  );
}
