/** What the states of this room mean to who waits for them. */
import { useTranslation } from "react-i18next";

import type { components } from "@/client/schema";
import type { Event } from "@/kit/History";
import type { Tone } from "@/kit/StateTag";
import type { Story, VariableType } from "@/rooms/sms/queries";

type Schemas = components["schemas"];
export type AppStatus = Schemas["AppStatus"];
export type SignatureStatus = Schemas["SignatureStatus"];
export type TemplateStatus = Schemas["TemplateStatus"];
export type SmsType = Schemas["SmsType"];

export const APP_TONES: Record<AppStatus, Tone> = { CREATED: "waiting", LAUNCHED: "good", SUSPENDED: "bad" };
export const SIGNATURE_TONES: Record<SignatureStatus, Tone> = {
  PENDING_REVIEW: "busy",
  PROCESSING: "busy",
  REVIEW_PASSED: "good",
  REVIEW_NOT_PASS: "bad",
  TO_BE_ACTIVATED: "unclear",
  PENDING_ACTIVATE: "busy",
};
export const TEMPLATE_TONES: Record<TemplateStatus, Tone> = { reviewing: "busy", active: "good", rejected: "bad", inactive: "left" };

export const APP_STATUSES = Object.keys(APP_TONES) as AppStatus[];
export const SIGNATURE_STATUSES = Object.keys(SIGNATURE_TONES) as SignatureStatus[];
export const TEMPLATE_STATUSES = Object.keys(TEMPLATE_TONES) as TemplateStatus[];
export const SMS_TYPES: readonly SmsType[] = ["NOTIFY_TYPE", "PROMOTION_TYPE"];
/** The link first: every template needs it. */
export const VARIABLE_TYPES: readonly VariableType[] = ["NEWTEXT", "TEXT", "PHONE", "CHARDIGIT", "DATETIME", "MONEY"];
export const SOURCES = ["0", "1", "2", "3", "4", "5"] as const satisfies readonly Schemas["SignatureSource"][];

const ACTIONS = ["submitted", "urged", "approved", "rejected", "asked_back", "withdrawn"] as const;
const ACTION_TONES: Record<(typeof ACTIONS)[number], Tone> = {
  submitted: "busy",
  urged: "unclear",
  approved: "good",
  rejected: "bad",
  asked_back: "unclear",
  withdrawn: "left",
};

/** What happened to all submissions of something, the latest first. */
export function useStoryEvents(): (stories: readonly Story[]) => Event[] {
  const { t } = useTranslation();
  return (stories) =>
    stories.flatMap((story) =>
      story.events
        .map(({ at, action, actor_name: who, note }, index) => {
          const known = ACTIONS.find((one) => one === action);
          return {
            key: `${story.submitted_at}-${index}`,
            at,
            what: known === undefined ? action : t(`sms.event.${known}`),
            who: known === "approved" || known === "rejected" || known === "asked_back" ? t("sms.event.desk") : who,
            note,
            tone: known === undefined ? ("waiting" as const) : ACTION_TONES[known],
          };
        })
        .reverse(),
    );
}
