import { Card } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { formatTime } from "@/kit/format";
import { type Event, History } from "@/kit/History";
import { useSignedIn } from "@/rooms/identity/session";
import { type ReviewDetail, useGuide } from "@/rooms/reviews/queries";
import { useActionText, useWord } from "@/rooms/reviews/words";

function useEvents(kind: string): (told: ReviewDetail["history"]) => Event[] {
  const { t } = useTranslation();
  const actionOf = useActionText();
  const wordOf = useWord();
  const guide = useGuide(kind);
  return (told) =>
    told.map((event, index) => {
      const reasons = event.reasons.map((given) => {
        const reason = guide?.reasons.find(({ code }) => code === given.code);
        const field = guide?.fields.find(({ code }) => code === given.field);
        return [field === undefined ? "" : wordOf(field), reason === undefined ? given.code : wordOf(reason), given.text].filter((one) => one !== "").join(" · ");
      });
      const checks = event.checks.length === 0 ? [] : [t("reviews.checked", { done: event.checks.length, all: guide?.checks.length ?? event.checks.length })];
      const note = [...reasons, event.note, ...checks].filter((one) => one !== "").join("\n");
      return { key: String(index), at: event.at, what: actionOf(event.action), who: event.actor_name, note };
    });
}

/** 审核历史: what happened to a submission, and to the earlier ones of the same thing. */
export function Past({ review }: { review: ReviewDetail }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const eventsOf = useEvents(review.kind);
  return (
    <Card title={t("reviews.history")}>
      <History events={eventsOf(review.history)} zone={zone} />
      {review.rounds.map((round) => (
        <section key={round.review_id} data-round={round.state}>
          <h3 className="review-round">
            <Link to={`/reviews/${round.review_id}`}>
              {t("reviews.round", {
                at: formatTime(round.submitted_at, zone),
                state: round.is_asked_back ? t("reviews.state.asked_back") : t(`reviewState.${round.state}`),
              })}
            </Link>
          </h3>
          <History events={eventsOf(round.history)} zone={zone} />
        </section>
      ))}
    </Card>
  );
}
