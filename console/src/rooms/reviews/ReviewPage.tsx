import { Alert, App, Button, Card, Skeleton, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";

import { Problem } from "@/client/problem";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { Trouble, useProblemText } from "@/kit/Trouble";
import { may, useSignedIn } from "@/rooms/identity/session";
import { ApproveDialog } from "@/rooms/reviews/ApproveDialog";
import { Clock } from "@/rooms/reviews/Clock";
import { Evidence } from "@/rooms/reviews/Evidence";
import { KeyHelp } from "@/rooms/reviews/KeyHelp";
import { Past } from "@/rooms/reviews/Past";
import { type ReviewDetail, type Said, useGuide, useReview, useReviews, useSay } from "@/rooms/reviews/queries";
import { neighbours, readNeighbours } from "@/rooms/reviews/queue";
import { RejectDialog } from "@/rooms/reviews/RejectDialog";
import { Sheet } from "@/rooms/reviews/Sheet";
import { TONES } from "@/rooms/reviews/tones";
import { useKeys } from "@/rooms/reviews/useKeys";
import { useKindText } from "@/rooms/reviews/words";

import "@/rooms/reviews/reviews.css";

const CONFLICT = 409;
type Open = "approve" | "reject" | "ask" | "keys" | null;

/** Who has it, and what came of it. */
function Standing({ review, conflict }: { review: ReviewDetail; conflict: string | null }) {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const { state, decided_by: by, decided_at: at, first_by: first, claimed_by: claimed } = review;
  const decision = review.is_asked_back ? t("reviews.state.asked_back") : t(`reviewState.${state}`);
  return (
    <>
      {conflict !== null && <Alert type="warning" showIcon title={conflict} data-conflict />}
      {state !== "pending" && (
        <Alert
          type={state === "approved" ? "success" : "info"}
          showIcon
          data-decided={state}
          title={t("reviews.decidedBy", { state: decision, by, at: formatTime(at, zone) })}
          description={review.reason === "" ? undefined : review.reason}
        />
      )}
      {state === "pending" && first !== "" && <Alert type="info" showIcon title={t("reviews.waitsForSecond", { by: first, at: formatTime(review.first_at, zone) })} />}
      {state === "pending" && claimed !== "" && claimed !== session.user.name && <Alert type="warning" showIcon title={t("reviews.claimedBy", { by: claimed })} />}
    </>
  );
}

function Reviewing({ review }: { review: ReviewDetail }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { session, zone } = useSignedIn();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const kindOf = useKindText();
  const textOf = useProblemText();
  const guide = useGuide(review.kind);
  const { data: queue } = useReviews(readNeighbours(params));
  const { previous, next } = neighbours((queue?.items ?? []).map((one) => one.review_id), review.review_id);
  const { mutateAsync } = useSay(review.review_id);
  const [open, setOpen] = useState<Open>(null);
  const [conflict, setConflict] = useState<string | null>(null);
  const query = params.toString() === "" ? "" : `?${params.toString()}`;
  const isOpen = review.state === "pending";
  const mayDecide = may(session, "hongyan:review:decide");
  const isFirst = review.needs_two && review.first_by === "";
  const isMine = review.claimed_by === session.user.name;
  const close = () => setOpen(null);

  async function say(said: Said): Promise<void> {
    try {
      await mutateAsync(said);
      message.success(t("action.done"));
    } catch (error) {
      if (error instanceof Problem && error.status === CONFLICT) {
        // Somebody was faster: the page says who, and what they decided.
        setConflict(textOf(error));
        setOpen(null);
        return;
      }
      throw error;
    }
  }

  const claim = () => void say({ verb: isMine ? "release" : "claim" }).catch((error: unknown) => message.error(textOf(error)));
  const go = (id: string | undefined) => id !== undefined && void navigate(`/reviews/${id}${query}`);
  const decide = (what: Open) => mayDecide && isOpen && setOpen(what);
  useKeys(
    {
      j: () => go(next),
      k: () => go(previous),
      a: () => decide("approve"),
      r: () => decide("reject"),
      b: () => decide("ask"),
      c: () => mayDecide && isOpen && claim(),
      "?": () => setOpen("keys"),
    },
    open === null,
  );
  const marks = (
    <>
      <StateTag state={review.state} tone={TONES[review.state]} text={review.is_asked_back ? t("reviews.state.asked_back") : t(`reviewState.${review.state}`)} />
      {review.urge_count > 0 && <StateTag state="urged" tone="unclear" text={t("review.urged", { count: review.urge_count })} />}
      {isOpen && <Clock review={review} zone={zone} />}
    </>
  );
  return (
    <Page
      title={review.title}
      marks={marks}
      note={t("reviews.submittedBy", { kind: kindOf(review.kind), by: review.submitted_by, at: formatTime(review.submitted_at, zone) })}
      crumbs={[{ text: t("menuGroup.platform") }, { text: t("menu.reviews"), to: `/reviews${query}` }, { text: kindOf(review.kind) }]}
      actions={
        <Space wrap>
          <Button disabled={previous === undefined} onClick={() => go(previous)}>{t("reviews.previous")}</Button>
          <Button disabled={next === undefined} onClick={() => go(next)}>{t("reviews.next")}</Button>
          <Button onClick={() => setOpen("keys")} aria-label={t("reviews.keys.title")}>{t("reviews.keys.button")}</Button>
        </Space>
      }
    >
      <Standing review={review} conflict={conflict} />
      {mayDecide && isOpen && (
        <Card styles={{ body: { padding: 12 } }} className="review-bar">
          <Space wrap>
            <Button type="primary" onClick={() => setOpen("approve")}>{t("review.approve")}</Button>
            <Button danger onClick={() => setOpen("reject")}>{t("review.reject")}</Button>
            <Button onClick={() => setOpen("ask")}>{t("reviews.ask")}</Button>
            <Button onClick={claim}>{t(isMine ? "reviews.release" : "reviews.claim")}</Button>
            <Link to={`/reviews?state=all&tenant=${review.tenant_id}`}>{t("reviews.ofTenant")}</Link>
          </Space>
        </Card>
      )}
      <div className="review-columns">
        <Sheet review={review} zone={zone} />
        <div className="stack">
          <Evidence review={review} />
          <Past review={review} />
        </div>
      </div>
      <ApproveDialog
        title={t("review.approveAsk", { title: review.title })}
        guide={guide}
        isFirst={isFirst}
        submitText={isFirst ? t("reviews.approveFirst") : t("review.approve")}
        isOpen={open === "approve"}
        close={close}
        send={(checks, note) => say({ verb: "approve", checks, note })}
      />
      <RejectDialog title={t("reviews.rejectAsk", { title: review.title })} guide={guide} isOpen={open === "reject"} close={close} send={(text, reasons) => say({ verb: "reject", text, reasons })} />
      <RejectDialog isAsking title={t("reviews.askTitle", { title: review.title })} guide={guide} isOpen={open === "ask"} close={close} send={(text, reasons) => say({ verb: "ask", text, reasons })} />
      <KeyHelp isOpen={open === "keys"} close={close} />
    </Page>
  );
}

/** One submission: what was submitted, its files, what happened since, and the decision. */
export function ReviewPage() {
  const { reviewId = "" } = useParams();
  const { data: review, error, refetch } = useReview(reviewId);
  if (review === undefined) {
    return error === null ? <Skeleton active /> : <Trouble error={error} retry={() => void refetch()} />;
  }
  return <Reviewing key={reviewId} review={review} />;
}
