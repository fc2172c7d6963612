import { App, Button, Descriptions, Drawer, Form, Input, Skeleton, Space, Timeline } from "antd";
import { useTranslation } from "react-i18next";

import type { components } from "@/client/schema";
import { formatTime } from "@/kit/format";
import { Trouble, useProblemText } from "@/kit/Trouble";
import { useSignedIn } from "@/rooms/identity/session";
import { useDecision, useReview } from "@/rooms/reviews/queries";
import { useActionText } from "@/rooms/reviews/words";

type Review = components["schemas"]["ReviewDetail"];

const REASON_CHARS = 500;

function textOfValue(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function Decision({ review }: { review: Review }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const textOf = useProblemText();
  const { mutateAsync, isPending } = useDecision(review.review_id);

  async function decide(reason: string | null): Promise<void> {
    try {
      await mutateAsync(reason);
      message.success(t("review.decided"));
    } catch (error) {
      message.error(textOf(error));
    }
  }

  return (
    <Form<{ reason: string }> name="decision" layout="vertical" onFinish={({ reason }) => decide(reason.trim())}>
      <Form.Item
        name="reason"
        label={t("review.reason")}
        rules={[{ required: true, whitespace: true, message: t("review.reasonMissing") }]}
      >
        <Input.TextArea rows={3} maxLength={REASON_CHARS} showCount />
      </Form.Item>
      <Space>
        <Button
          type="primary"
          disabled={isPending}
          onClick={() =>
            modal.confirm({
              title: t("review.approveAsk", { title: review.title }),
              content: t("review.approveText"),
              okText: t("review.approve"),
              cancelText: t("action.back"),
              onOk: () => decide(null),
            })
          }
        >
          {t("review.approve")}
        </Button>
        <Button danger htmlType="submit" disabled={isPending}>
          {t("review.reject")}
        </Button>
      </Space>
    </Form>
  );
}

/** One submission: what was submitted, what happened since, and the decision. */
export function ReviewDrawer({ reviewId, close }: { reviewId: string | null; close: () => void }) {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const actionOf = useActionText();
  const { data: review, error, isPending } = useReview(reviewId);
  const mayDecide = session.user.roles.includes("reviewer") && review?.state === "pending";
  return (
    <Drawer open={reviewId !== null} onClose={close} title={review?.title} size={640}>
      {error !== null && <Trouble error={error} />}
      {isPending && <Skeleton active />}
      {review !== undefined && (
        <div className="stack">
          <Descriptions
            title={t("review.snapshot")}
            column={1}
            bordered
            size="small"
            items={Object.entries(review.snapshot).map(([name, value]) => ({
              key: name,
              label: <span className="mono">{name}</span>,
              children: <span style={{ overflowWrap: "anywhere" }}>{textOfValue(value)}</span>,
            }))}
          />
          <Timeline
            items={review.history.map((event) => ({
              key: `${event.at}${event.action}`,
              content: `${formatTime(event.at, zone)} · ${event.actor_name} · ${actionOf(event.action)}${event.note === "" ? "" : `: ${event.note}`}`,
            }))}
          />
          {mayDecide && <Decision key={review.review_id} review={review} />}
        </div>
      )}
    </Drawer>
  );
}
