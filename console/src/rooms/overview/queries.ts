/** What the overview shows. */
import { useQuery } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components } from "@/client/schema";
import { may, useSignedIn } from "@/rooms/identity/session";

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

/** The guides of the own company, read once where a form is opened; `undefined` for who may not see them. */
export function useGuides(): readonly Guide[] | undefined {
  const { session } = useSignedIn();
  const { data } = useQuery({
    queryKey: ["overview"],
    queryFn: () => bodyOf(api.GET("/console/api/overview")),
    enabled: session.tenant !== null && may(session, "hongyan:overview:view"),
  });
  return data?.guides;
}

/** Is the filing for links alone approved? Guides do not know it; `undefined` for who may not see filings. */
export function useHasFiledLinks(isAsked: boolean): boolean | undefined {
  const { session } = useSignedIn();
  const { data } = useQuery({
    queryKey: ["filings"],
    queryFn: () => bodyOf(api.GET("/console/api/filings")),
    enabled: isAsked && may(session, "hongyan:filing:list"),
  });
  return data?.items.some(({ scene, state }) => scene === "smart_links" && state === "approved");
}
