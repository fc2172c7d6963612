import { Button, Space } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { Waiting } from "@/rooms/campaigns/Waiting";
import { may, useSignedIn } from "@/rooms/identity/session";
import { acts, useAct, type VideoTemplate } from "@/rooms/video_sms/queries";

/** What can be done with a template in its state, by who may. */
export function TemplateActions({ template, open }: { template: VideoTemplate; open?: () => void }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const navigate = useNavigate();
  const act = useAct();
  const { tpl_id: id, name, state, is_public: isPublic } = template;
  const mayEdit = may(session, "kooMessage:aimBasicTemplate:create");
  const isOwn = mayEdit && !isPublic;
  return (
    <Space size={0} wrap>
      {open !== undefined && (
        <Button type="link" size="small" onClick={open}>
          {t("video_sms.preview")}
        </Button>
      )}
      {state === "usable" && may(session, "kooMessage:aimBasicSendTask:create") && (
        <Button type="link" size="small" onClick={() => void navigate(`/video-tasks/new?template=${id}`)}>
          {t("video_sms.template.send")}
        </Button>
      )}
      {isOwn && (state === "draft" || state === "rejected") && (
        <ConfirmAction
          type="link"
          size="small"
          text={t("video_sms.template.submit")}
          ask={t("video_sms.template.submitAsk", { name })}
          consequence={t(state === "draft" ? "video_sms.template.submitText" : "video_sms.template.resubmitText")}
          act={() => act(() => acts.submitTemplate(id))}
          done={t("video_sms.template.submittedTitle")}
        />
      )}
      {mayEdit && (
        <Button type="link" size="small" onClick={() => void navigate(`/video-templates/new?copy=${id}`)}>
          {t("video_sms.copy")}
        </Button>
      )}
      {isOwn && state === "usable" && (
        <ConfirmAction
          type="link"
          size="small"
          isDanger
          text={t("video_sms.template.disable")}
          ask={t("video_sms.template.disableAsk", { name })}
          consequence={
            <>
              <p>{t("video_sms.template.disableText")}</p>
              <Waiting what="video_template" ids={[id]} />
            </>
          }
          reason={{ label: t("video_sms.reason"), maxLength: 200 }}
          act={(reason) => act(() => acts.useTemplate(id, false, reason))}
          done={t("action.done")}
        />
      )}
      {isOwn && state === "disabled" && (
        <ConfirmAction
          type="link"
          size="small"
          text={t("video_sms.template.enable")}
          ask={t("video_sms.template.enableAsk", { name })}
          consequence={t("video_sms.template.enableText")}
          act={() => act(() => acts.useTemplate(id, true, ""))}
          done={t("action.done")}
        />
      )}
    </Space>
  );
}
