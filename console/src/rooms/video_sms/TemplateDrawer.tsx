import { Button, Descriptions, Drawer, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { formatBytes } from "@/kit/files";
import { formatTime } from "@/kit/format";
import { History } from "@/kit/History";
import { RejectReason } from "@/kit/RejectReason";
import { StateTag } from "@/kit/StateTag";
import { isAskedBack } from "@/kit/stories";
import { Trouble } from "@/kit/Trouble";
import { may, useSignedIn } from "@/rooms/identity/session";
import { CarrierTags } from "@/rooms/video_sms/CarrierTags";
import { TemplatePhone } from "@/rooms/video_sms/FramesPhone";
import { publicMediumUrl, usePublicVideo } from "@/rooms/video_sms/publicQueries";
import { useVideoTemplate, type VideoTemplateDetail } from "@/rooms/video_sms/queries";
import { TEMPLATE_TONES, useStoryEvents } from "@/rooms/video_sms/words";

function Details({ detail, mediumOf }: { detail: VideoTemplateDetail; mediumOf?: typeof publicMediumUrl }) {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const eventsOf = useStoryEvents();
  const { template } = detail;
  const { state, is_public: isPublic, state_desc: reason, params } = template;
  const copy = may(session, "kooMessage:aimBasicTemplate:create") && (
    <Link to={`/video-templates/new?copy=${template.tpl_id}`}>{t("video_sms.template.copyAgain")}</Link>
  );
  const rows = [
    ["id", t("video_sms.template.id"), <span key="id" className="mono">{template.tpl_id}</span>],
    ["state", t("video_sms.state"), <StateTag key="state" state={state} tone={TEMPLATE_TONES[state]} text={t(`video_sms.templateState.${state}`)} reason={reason} isAskedBack={template.is_asked_back} />],
    ["carriers", t("video_sms.template.carriers"), <div key="carriers"><CarrierTags carriers={detail.carriers} /></div>],
    ["title", t("video_sms.template.title"), template.title],
    ["signature", t("video_sms.template.signature"), template.signature],
    ["params", t("video_sms.template.paramsLabel"), params.length === 0 ? t("video_sms.template.static") : params.map((name) => `#${name}#`).join(" ")],
    ["size", t("video_sms.template.size"), formatBytes(template.size_bytes)],
    ["until", t("video_sms.template.until"), template.valid_until === null ? t("video_sms.template.forever") : formatTime(template.valid_until, zone)],
    ...(isPublic ? [] : [["remarks", t("video_sms.template.remarks"), detail.remarks === "" ? "–" : detail.remarks] as const]),
    ["created", t("video_sms.created"), formatTime(template.created_at, zone)],
  ] as const;
  return (
    <div className="stack">
      {state === "rejected" && reason !== "" && <RejectReason isAskedBack={isAskedBack(detail.stories)} reason={reason} action={copy} />}
      <TemplatePhone detail={detail} mediumOf={mediumOf} />
      <Descriptions column={1} bordered size="small" items={rows.map(([key, label, children]) => ({ key, label, children }))} />
      <Button href={detail.preview_url} target="_blank" rel="noreferrer">
        {t("video_sms.template.previewPage")}
      </Button>
      {!isPublic && (
        <>
          <h3>{t("video_sms.history")}</h3>
          <History events={eventsOf(detail.stories)} zone={zone} />
        </>
      )}
    </div>
  );
}

interface DrawerProps {
  tplId: string | null;
  close: () => void;
}

/** One template: how a phone shows it, where it can be sent, what the desk said. */
export function TemplateDrawer({ tplId, close }: DrawerProps) {
  const { data, error, isPending, refetch } = useVideoTemplate(tplId);
  return (
    <Drawer open={tplId !== null} onClose={close} title={data?.template.name} size={600}>
      {data === undefined && error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {isPending && <Skeleton active />}
      {data !== undefined && <Details detail={data} />}
    </Drawer>
  );
}

/** The same of a public template, for the platform's operators. */
export function PublicVideoDrawer({ tplId, close }: DrawerProps) {
  const { data, error, isPending, refetch } = usePublicVideo(tplId);
  return (
    <Drawer open={tplId !== null} onClose={close} title={data?.template.name} size={600}>
      {data === undefined && error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {isPending && <Skeleton active />}
      {data !== undefined && <Details detail={data} mediumOf={publicMediumUrl} />}
    </Drawer>
  );
}
