import { Button, Card, Empty, Segmented, Table, type TableColumnsType, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { components } from "@/client/schema";
import { PAGE_SIZES, readChoices, readPage, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { Trouble } from "@/kit/Trouble";
import { useSignedIn } from "@/rooms/identity/session";
import { REVIEW_STATES, useReviews } from "@/rooms/reviews/queries";
import { useKindText } from "@/rooms/reviews/words";
import { ReviewDrawer } from "@/rooms/reviews/ReviewDrawer";

type Review = components["schemas"]["ReviewView"];

const COLOURS = { pending: "processing", approved: "success", rejected: "error", withdrawn: "default" } as const;

/** 审核台: what customers submitted, by deadline. */
export function ReviewQueue() {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const [params, change] = useFilters();
  const { page, size } = readPage(params);
  const state = readChoices(params, "state", REVIEW_STATES)[0] ?? "pending";
  const [openId, setOpenId] = useState<string | null>(null);
  const [now] = useState(() => Date.now());
  const { data, error, isPending, refetch } = useReviews(state, (page - 1) * size, size);
  const kindOf = useKindText();
  const columns: TableColumnsType<Review> = [
    { key: "title", title: t("review.subject"), width: 240, dataIndex: "title" },
    { key: "kind", title: t("review.kind"), width: 140, render: (_, { kind }) => kindOf(kind) },
    {
      key: "state",
      title: t("review.state"),
      width: 150,
      render: (_, review) => (
        <>
          <Tag color={COLOURS[review.state]}>{t(`reviewState.${review.state}`)}</Tag>
          {review.urge_count > 0 && <Tag color="warning">{t("review.urged", { count: review.urge_count })}</Tag>}
        </>
      ),
    },
    {
      key: "submitted",
      title: t("review.submitted"),
      width: 172,
      render: (_, review) => <span className="nowrap">{formatTime(review.submitted_at, zone)}</span>,
    },
    {
      key: "due",
      title: t("review.due"),
      width: 230,
      render: (_, review) => (
        <span className="nowrap">
          {formatTime(review.due_at, zone)}{" "}
          {review.state === "pending" && Date.parse(review.due_at) < now && <Tag color="error">{t("review.overdue")}</Tag>}
        </span>
      ),
    },
    {
      key: "actions",
      title: t("list.actions"),
      width: 90,
      render: (_, review) => (
        <Button type="link" size="small" onClick={() => setOpenId(review.review_id)}>
          {t("review.details")}
        </Button>
      ),
    },
  ];
  return (
    <Page title={t("review.title")} note={t("review.note")} crumbs={[{ text: t("menuGroup.platform") }, { text: t("menu.reviews") }]}>
      <Segmented
        value={state}
        options={REVIEW_STATES.map((value) => ({ value, label: t(`reviewState.${value}`) }))}
        onChange={(value) => change({ state: value })}
        style={{ alignSelf: "flex-start" }}
      />
      <Card styles={{ body: { padding: 0 } }}>
        {error !== null && data === undefined ? (
          <Trouble error={error} retry={() => void refetch()} />
        ) : (
          <Table<Review>
            rowKey="review_id"
            columns={columns}
            dataSource={data?.items ?? []}
            loading={isPending}
            scroll={{ x: 1000 }}
            locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("review.empty")} /> }}
            pagination={{
              current: page,
              pageSize: size,
              total: data?.total ?? 0,
              pageSizeOptions: PAGE_SIZES,
              showTotal: (total) => t("list.total", { total }),
              style: { paddingInline: 16 },
              onChange: (nextPage, nextSize) => change({ page: String(nextPage), size: String(nextSize) }),
            }}
          />
        )}
      </Card>
      <ReviewDrawer reviewId={openId} close={() => setOpenId(null)} />
    </Page>
  );
}
