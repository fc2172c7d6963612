import { Space } from "antd";
import { useTranslation } from "react-i18next";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { formatCount } from "@/kit/format";
import { may, useSignedIn } from "@/rooms/identity/session";
import { acts, useAct, type VideoTask } from "@/rooms/video_sms/queries";
import { isMoving, mayResend } from "@/rooms/video_sms/words";

/** 重发 (once) and 取消任务. */
export function TaskActions({ task, type }: { task: VideoTask; type?: "link" }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const act = useAct();
  if (!may(session, "kooMessage:aimBasicSendTask:create")) {
    return null;
  }
  const { task_id: id, name } = task;
  const size = type === undefined ? undefined : "small";
  return (
    <Space size={type === undefined ? 8 : 0} wrap>
      {mayResend(task) && (
        <ConfirmAction
          type={type}
          size={size}
          text={t("video_sms.task.resend")}
          ask={t("video_sms.task.resendAsk", { name })}
          consequence={t("video_sms.task.resendText", { failed: formatCount(task.failed) })}
          act={() => act(() => acts.resend(id))}
          done={t("video_sms.task.resent")}
        />
      )}
      {isMoving(task) && (
        <ConfirmAction
          type={type}
          size={size}
          isDanger
          text={t("action.cancel")}
          ask={t("action.cancelAsk", { name })}
          consequence={t("action.cancelText")}
          act={() => act(() => acts.cancel(id))}
          done={t("action.done")}
        />
      )}
    </Space>
  );
}
