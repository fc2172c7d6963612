/** What the states of this room mean to who waits for them. */
import { useTranslation } from "react-i18next";

import type { components } from "@/client/schema";
import type { Event } from "@/kit/History";
import type { Tone } from "@/kit/StateTag";
import type { Approval, ChannelNumber, State } from "@/rooms/service_accounts/queries";

type Story = components["schemas"]["AccountStoryView"];

export const STATE_TONES: Record<State, Tone> = { not_effective: "waiting", effective: "good", expired: "left", frozen: "unclear" };
export const STATES = Object.keys(STATE_TONES) as State[];
export const APPROVAL_TONES: Record<Approval, Tone> = { reviewing: "busy", passed: "good", rejected: "bad" };
export const APPROVALS = Object.keys(APPROVAL_TONES) as Approval[];
/** The vendor's numbers of industries. */
export const INDUSTRIES = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"] as const;
export const ACTIONS = ["OPEN_SUBMENU", "OPEN_URL", "CALLING", "OPEN_APP", "OPEN_QUICK"] as const;
export type Action = (typeof ACTIONS)[number];
/** What an item does that has none below it. */
export const PLAIN_ACTIONS = ACTIONS.filter((action) => action !== "OPEN_SUBMENU");
export type PortType = ChannelNumber["port_type"];
export const PORT_TYPES: readonly PortType[] = [1, 3, 5];

export function industryKey(industry: number) {
  return INDUSTRIES.find((one) => one === String(industry)) ?? "11";
}

const KNOWN = ["submitted", "urged", "approved", "rejected", "asked_back", "withdrawn"] as const;
const KNOWN_TONES: Record<(typeof KNOWN)[number], Tone> = {
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
    stories.flatMap((story, number) =>
      story.events
        .map(({ at, action, actor_name: who, note }, index) => {
          const known = KNOWN.find((one) => one === action);
          return {
            key: `${number}-${index}`,
            at,
            what: known === undefined ? action : t(`service_accounts.event.${known}`),
            who: known === "approved" || known === "rejected" || known === "asked_back" ? t("service_accounts.event.desk") : who,
            note,
            tone: known === undefined ? ("waiting" as const) : KNOWN_TONES[known],
          };
        })
        .reverse(),
    );
}
