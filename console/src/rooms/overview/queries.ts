/** What the overview shows. */
import type { components } from "@/client/schema";

export type Guide = components["schemas"]["FlowView"];
export type Step = components["schemas"]["FlowStepView"];
export type StepState = components["schemas"]["StepState"];
export type Day = components["schemas"]["OverviewDayView"];
export type Notice = components["schemas"]["NoticeView"];

export interface Week {
  sent: number;
  ended: number;
  delivered: number;
  cardsSent: number;
  cards: number;
}

/** Sum up the days. */
export function weekOf(days: readonly Day[]): Week {
  const week: Week = { sent: 0, ended: 0, delivered: 0, cardsSent: 0, cards: 0 };
  for (const day of days) {
    week.sent += day.sent;
    week.ended += day.ended;
    week.delivered += day.delivered;
    week.cardsSent += day.cards_sent;
    week.cards += day.cards;
  }
  return week;
}
