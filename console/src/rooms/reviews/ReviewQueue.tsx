import { App, Button, Card, Segmented, Space, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { may, useSignedIn } from "@/rooms/identity/session";
import { Bulk } from "@/rooms/reviews/Bulk";
import { Clock } from "@/rooms/reviews/Clock";
import { DeskSettings } from "@/rooms/reviews/DeskSettings";
import { KeyHelp } from "@/rooms/reviews/KeyHelp";
import { KindCounts } from "@/rooms/reviews/KindCounts";
import { type Review, REVIEW_STATES, useReviews } from "@/rooms/reviews/queries";
import { ALL, chooseAlike, CLAIMS, MARKS, MAX_BULK, readQueue, stateOf, tenantOf } from "@/rooms/reviews/queue";
import { TONES } from "@/rooms/reviews/tones";
import { useKeys } from "@/rooms/reviews/useKeys";
import { KIND_NAMES, useKindText } from "@/rooms/reviews/words";

import "@/rooms/reviews/reviews.css";

/** Move the focus among the rows' links, from the first when none has it. */
function step(by: number): void {
  const links = [...document.querySelectorAll<HTMLElement>("[data-review-link]")];
  const at = links.findIndex((link) => link === document.activeElement);
  links[Math.min(Math.max(at < 0 ? 0 : at + by, 0), links.length - 1)]?.focus();
}

function useColumns(query: string): DataColumn<Review>[] {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const kindOf = useKindText();
  return [
    {
      key: "title",
      title: t("review.subject"),
      width: 280,
      isAlways: true,
      render: (review) => (
        <Link data-review-link to={`/reviews/${review.review_id}${query}`} className="review-name">
          {review.title}
        </Link>
      ),
    },
    { key: "kind", title: t("review.kind"), width: 130, render: ({ kind }) => kindOf(kind) },
    {
      key: "state",
      title: t("review.state"),
      width: 160,
      render: (review) => (
        <Space size={[4, 4]} wrap>
          <StateTag
            state={review.state}
            tone={TONES[review.state]}
            text={review.is_asked_back ? t("reviews.state.asked_back") : t(`reviewState.${review.state}`)}
            reason={review.reason}
          />
          {review.urge_count > 0 && <StateTag state="urged" tone="unclear" text={t("review.urged", { count: review.urge_count })} />}
          {review.state === "pending" && review.first_by !== "" && <StateTag state="first" tone="busy" text={t("reviews.firstBy", { by: review.first_by })} />}
        </Space>
      ),
    },
    { key: "due", title: t("review.due"), width: 170, sort: "due_at", render: (review) => <Clock review={review} zone={zone} /> },
    { key: "claimed", title: t("reviews.claimer"), width: 110, render: (review) => review.claimed_by || review.decided_by || "–" },
    { key: "submitted", title: t("review.submitted"), width: 170, sort: "submitted_at", render: (review) => <span className="nowrap">{formatTime(review.submitted_at, zone)}</span> },
    { key: "by", title: t("reviews.submitter"), width: 120, isHiddenAtFirst: true, render: (review) => review.submitted_by },
  ];
}

/** 审核台: what customers submitted, the urged and the most urgent first; lists itself anew every few seconds. */
export function ReviewQueue() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { session } = useSignedIn();
  const [params, change] = useFilters();
  const list = useReviews(readQueue(params));
  const kindOf = useKindText();
  const [chosen, setChosen] = useState<Review[]>([]);
  const [isHelp, setHelp] = useState(false);
  const query = params.toString() === "" ? "" : `?${params.toString()}`;
  const tenant = tenantOf(params);
  const mayDecide = may(session, "hongyan:review:decide");
  const columns = useColumns(query);
  const filters: Filter[] = [
    { kind: "text", name: "text", label: t("review.subject"), placeholder: t("reviews.textHint") },
    { kind: "choices", name: "kind", label: t("review.kind"), isSingle: true, choices: KIND_NAMES.map((value) => ({ value, label: kindOf(value) })) },
    { kind: "choices", name: "claim", label: t("reviews.claimer"), isSingle: true, width: 120, choices: CLAIMS.map((value) => ({ value, label: t(`reviews.claimed.${value}`) })) },
    { kind: "choices", name: "mark", label: t("reviews.mark"), width: 160, choices: MARKS.map((value) => ({ value, label: t(`reviews.marks.${value}`) })) },
    { kind: "days", label: t("review.submitted") },
  ];
  useKeys({ j: () => step(1), k: () => step(-1), "?": () => setHelp(true) }, !isHelp);
  // What was decided meanwhile is chosen no more.
  const open = new Set((list.data?.items ?? []).filter(({ state }) => state === "pending").map((review) => review.review_id));
  const selected = chosen.filter((review) => open.has(review.review_id));
  return (
    <Page
      title={t("review.title")}
      note={t("reviews.queueNote")}
      crumbs={[{ text: t("menuGroup.platform") }, { text: t("menu.reviews") }]}
      actions={
        <Space wrap>
          {may(session, "hongyan:tenant:edit") && <DeskSettings />}
          <Button onClick={() => setHelp(true)} aria-label={t("reviews.keys.title")}>
            {t("reviews.keys.button")}
          </Button>
        </Space>
      }
    >
      <KindCounts kind={params.get("kind")} choose={(kind) => change({ kind, state: "" })} />
      <Segmented
        aria-label={t("review.state")}
        value={stateOf(params)}
        options={[...REVIEW_STATES.map((value) => ({ value, label: t(`reviewState.${value}`) })), { value: ALL, label: t("list.all") }]}
        onChange={(value) => change({ state: value })}
        style={{ alignSelf: "flex-start" }}
      />
      <Card>
        <FilterBar name="reviews" filters={filters}>
          {tenant !== undefined && (
            <Tag closable onClose={() => change({ tenant: "" })}>
              {t("reviews.oneTenant")}
            </Tag>
          )}
        </FilterBar>
      </Card>
      <DataTable<Review>
        name="reviews"
        title={<span className="live-dot">{t("reviews.live")}</span>}
        columns={columns}
        rowKey={(review) => review.review_id}
        list={list}
        isFiltered={isFiltered(params, filters) || tenant !== undefined}
        empty={{ text: t("review.empty") }}
        actions={mayDecide && <Bulk chosen={selected} done={() => setChosen([])} />}
        selection={
          mayDecide
            ? {
                keys: selected.map((review) => review.review_id),
                onChange: (_, rows) => {
                  const { kept, left } = chooseAlike(rows, selected);
                  setChosen(kept);
                  if (left > 0) {
                    message.warning(t("reviews.bulk.leftOut", { count: left, max: MAX_BULK }));
                  }
                },
                isSelectable: (review) => review.state === "pending" && (selected[0] === undefined || selected[0].kind === review.kind),
              }
            : undefined
        }
      />
      <KeyHelp isOpen={isHelp} close={() => setHelp(false)} />
    </Page>
  );
}
