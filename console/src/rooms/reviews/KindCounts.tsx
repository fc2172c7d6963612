import { useTranslation } from "react-i18next";

import { formatCount } from "@/kit/format";
import { useCounts } from "@/rooms/reviews/queries";
import { useKindText } from "@/rooms/reviews/words";

/** What waits, by kind; pressing one shows its queue, pressing it again all. */
export function KindCounts({ kind, choose }: { kind: string | null; choose: (kind: string) => void }) {
  const { t } = useTranslation();
  const { data } = useCounts();
  const kindOf = useKindText();
  const counts = data?.items ?? [];
  const total = counts.reduce((sum, one) => sum + one.pending, 0);
  const all = { kind: "", pending: total, overdue: counts.reduce((sum, one) => sum + one.overdue, 0), urged: counts.reduce((sum, one) => sum + one.urged, 0) };
  return (
    <ul className="review-counts" aria-label={t("reviews.counts")}>
      {[all, ...counts].map((one) => (
        <li key={one.kind}>
          <button type="button" aria-pressed={(kind ?? "") === one.kind} data-kind={one.kind} onClick={() => choose(kind === one.kind ? "" : one.kind)}>
            <span>{one.kind === "" ? t("list.all") : kindOf(one.kind)}</span>
            <b>{formatCount(one.pending)}</b>
            {one.overdue > 0 && <small className="review-late">{t("reviews.countOverdue", { count: one.overdue })}</small>}
            {one.urged > 0 && <small className="review-urged">{t("reviews.countUrged", { count: one.urged })}</small>}
          </button>
        </li>
      ))}
    </ul>
  );
}
