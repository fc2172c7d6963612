/** What the states of this room mean to who waits for them. */
import { useTranslation } from "react-i18next";

import type { components } from "@/client/schema";
import type { Event } from "@/kit/History";
import type { Tone } from "@/kit/StateTag";
import type { TemplateState, VideoTask, VideoTaskState } from "@/rooms/video_sms/queries";
import type { VideoSignatureState } from "@/rooms/video_sms/signatureQueries";

type Story = components["schemas"]["VideoStoryView"];
export type MessageState = components["schemas"]["MessageState"];

export const TEMPLATE_TONES: Record<TemplateState, Tone> = {
  usable: "good",
  in_review: "busy",
  rejected: "bad",
  disabled: "left",
  expired: "left",
  draft: "waiting",
};
export const TEMPLATE_STATES = Object.keys(TEMPLATE_TONES) as TemplateState[];

export const SIGNATURE_TONES: Record<VideoSignatureState, Tone> = { reviewing: "busy", approved: "good", rejected: "bad" };
export const SIGNATURE_STATES = Object.keys(SIGNATURE_TONES) as VideoSignatureState[];

export const TASK_TONES: Record<VideoTaskState, Tone> = {
  scheduled: "waiting",
  submit_success: "busy",
  submit_failed: "bad",
  processing: "busy",
  sending_complete: "good",
  sending_failed: "bad",
  re_submit_success: "busy",
  re_submit_failed: "bad",
  re_processing: "busy",
  re_sending_complete: "good",
};
export const TASK_STATES = Object.keys(TASK_TONES) as VideoTaskState[];

/** 成功, 失败, 发送中, 超时失败. */
export const RESULTS = ["success", "failed", "sending", "timeout"] as const;
export type Result = (typeof RESULTS)[number];

const ENDED: Partial<Record<MessageState, Result>> = {
  delivered: "success",
  failed: "failed",
  refused: "failed",
  suppressed: "failed",
  skipped: "failed",
  cancelled: "failed",
  expired: "timeout",
  unknown_final: "timeout",
};
export const RESULT_TONES: Record<Result, Tone> = { success: "good", failed: "bad", sending: "busy", timeout: "unclear" };

export function resultOf(state: MessageState): Result {
  return ENDED[state] ?? "sending";
}

const MOVING: readonly VideoTaskState[] = ["scheduled", "submit_success", "processing", "re_submit_success", "re_processing"];
const OVER: readonly VideoTaskState[] = ["sending_complete", "sending_failed", "submit_failed"];

export function isMoving({ state }: Pick<VideoTask, "state">): boolean {
  return MOVING.includes(state);
}

/** The share of a large file that was taken in, in percent; `null` when all was, or nothing more will be. */
export function planningOf(task: Pick<VideoTask, "state" | "total" | "planned" | "resent" | "is_cancelled">): number | null {
  const wanted = task.total + task.resent;
  return !isMoving(task) || task.is_cancelled || task.planned >= wanted ? null : Math.floor((100 * task.planned) / wanted);
}

/** 重发, once: when it is over, something failed, and nothing was sent again; what somebody stopped stays stopped. */
export function mayResend({ state, resent, failed, is_cancelled: isCancelled }: Pick<VideoTask, "state" | "resent" | "failed" | "is_cancelled">): boolean {
  return OVER.includes(state) && !isCancelled && resent === 0 && failed > 0;
}

const ACTIONS = ["submitted", "urged", "approved", "rejected", "asked_back", "withdrawn"] as const;
const ACTION_TONES: Record<(typeof ACTIONS)[number], Tone> = {
  submitted: "busy",
  urged: "unclear",
  approved: "good",
  rejected: "bad",
  asked_back: "unclear",
  withdrawn: "left",
};

/** What happened to all submissions of a template or a signature, the latest first. */
export function useStoryEvents(): (stories: readonly Story[]) => Event[] {
  const { t } = useTranslation();
  return (stories) =>
    stories.flatMap((story, number) =>
      story.events
        .map(({ at, action, actor_name: who, note }, index) => {
          const known = ACTIONS.find((one) => one === action);
          return {
            key: `${number}-${index}`,
            at,
            what: known === undefined ? action : t(`video_sms.event.${known}`),
            who: known === "approved" || known === "rejected" || known === "asked_back" ? t("video_sms.event.desk") : who,
            note,
            tone: known === undefined ? ("waiting" as const) : ACTION_TONES[known],
          };
        })
        .reverse(),
    );
}
