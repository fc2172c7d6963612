import { Card, Empty, Skeleton, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { Figures } from "@/kit/Figures";
import { formatCount, formatTime } from "@/kit/format";
import { Trouble } from "@/kit/Trouble";
import { useKeyboardScroll } from "@/kit/useKeyboardScroll";
import { useSignedIn } from "@/rooms/identity/session";
import { queueOf } from "@/rooms/overview/platform";
import { type KindCount, useCounts } from "@/rooms/reviews/queries";
import { useKindText } from "@/rooms/reviews/words";

/** A count that leads to what was counted; nothing leads nowhere. */
function Counted({ count, to }: { count: number; to: string }) {
  return count === 0 ? <span className="faint">{formatCount(0)}</span> : <Link to={to}>{formatCount(count)}</Link>;
}

function Kinds({ counts }: { counts: readonly KindCount[] }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const kindOf = useKindText();
  const around = useKeyboardScroll(true, t("kit.table.sideways"));
  const at = (kind: string, rest = "") => `/reviews?kind=${encodeURIComponent(kind)}${rest}`;
  const number = { width: 90, align: "right" } as const;
  const columns: TableColumnsType<KindCount> = [
    { key: "kind", title: t("review.kind"), render: (_, one) => <Link to={at(one.kind)}>{kindOf(one.kind)}</Link> },
    { key: "pending", title: t("overview.desk.pending"), ...number, render: (_, one) => formatCount(one.pending) },
    { key: "overdue", title: t("overview.desk.overdue"), ...number, render: (_, one) => <Counted count={one.overdue} to={at(one.kind, "&mark=overdue")} /> },
    { key: "urged", title: t("overview.desk.urged"), ...number, render: (_, one) => <Counted count={one.urged} to={at(one.kind, "&mark=urged")} /> },
    { key: "mine", title: t("overview.desk.mine"), ...number, render: (_, one) => <Counted count={one.mine} to={at(one.kind, "&claim=mine")} /> },
    { key: "due", title: t("overview.desk.due"), width: 180, render: (_, one) => <span className="nowrap">{formatTime(one.due_at, zone)}</span> },
  ];
  return (
    <div ref={around} style={{ marginTop: 16 }}>
      <Table<KindCount> rowKey="kind" size="small" columns={columns} dataSource={[...counts]} pagination={false} scroll={{ x: 720 }} />
    </div>
  );
}

/** What waits at the review desk, by kind. */
export function DeskCard() {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const { data, error, isPending, refetch } = useCounts();
  const counts = data?.items ?? [];
  const queue = queueOf(counts);
  return (
    <Card title={t("overview.desk.title")} extra={<Link to="/reviews">{t("overview.desk.all")}</Link>} data-desk>
      {isPending ? (
        <Skeleton active paragraph={{ rows: 4 }} />
      ) : data === undefined ? (
        <Trouble error={error} retry={() => void refetch()} />
      ) : counts.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("overview.desk.none")} />
      ) : (
        <>
          <Figures
            figures={[
              { key: "pending", label: t("overview.desk.pending"), value: <Counted count={queue.pending} to="/reviews" /> },
              { key: "overdue", label: t("overview.desk.overdue"), value: <Counted count={queue.overdue} to="/reviews?mark=overdue" /> },
              { key: "urged", label: t("overview.desk.urged"), value: <Counted count={queue.urged} to="/reviews?mark=urged" /> },
              { key: "mine", label: t("overview.desk.mine"), value: <Counted count={queue.mine} to="/reviews?claim=mine" /> },
              { key: "due", label: t("overview.desk.due"), value: <span className="nowrap" style={{ fontSize: 14 }}>{formatTime(queue.dueAt, zone)}</span> },
            ]}
          />
          <Kinds counts={counts} />
        </>
      )}
    </Card>
  );
}
