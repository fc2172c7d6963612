import { Tag, Tooltip } from "antd";
import { useTranslation } from "react-i18next";

import { formatTime } from "@/kit/format";
import type { Review } from "@/rooms/reviews/queries";

const HOUR = 60;
/** In the last two hours somebody should look at it. */
const SOON = 120;

interface ClockProps {
  review: Pick<Review, "state" | "is_overdue" | "days_left" | "minutes_left" | "due_at" | "due_is_certain">;
  zone: string;
}

/** How much of the desk's working time is left before a submission is due. */
export function Clock({ review, zone }: ClockProps) {
  const { t } = useTranslation();
  if (review.state !== "pending") {
    return <span className="nowrap faint">{formatTime(review.due_at, zone)}</span>;
  }
  const isLate = review.is_overdue;
  const minutes = Math.abs(review.minutes_left);
  const days = Math.abs(review.days_left);
  const span =
    days > 0
      ? t("reviews.clock.days", { count: days })
      : minutes >= HOUR
        ? t("reviews.clock.hours", { hours: Math.floor(minutes / HOUR), minutes: minutes % HOUR })
        : t("reviews.clock.minutes", { count: minutes });
  const hint = `${t("review.due")} ${formatTime(review.due_at, zone)}${review.due_is_certain ? "" : ` · ${t("reviews.clock.uncertain")}`}`;
  return (
    <Tooltip title={hint} trigger={["hover", "focus"]}>
      <Tag color={isLate ? "error" : review.days_left === 0 && minutes <= SOON ? "warning" : "default"} tabIndex={0} data-clock={isLate ? "late" : "running"}>
        {t(isLate ? "reviews.clock.late" : "reviews.clock.left", { span })}
      </Tag>
    </Tooltip>
  );
}
