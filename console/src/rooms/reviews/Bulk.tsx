import { Button, List, Modal, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { components } from "@/client/schema";
import { StateTag } from "@/kit/StateTag";
import { ApproveDialog } from "@/rooms/reviews/ApproveDialog";
import { type GivenReason, type Review, useBulk, useGuide } from "@/rooms/reviews/queries";
import { RejectDialog } from "@/rooms/reviews/RejectDialog";
import { useKindText } from "@/rooms/reviews/words";

type Result = components["schemas"]["BulkResult"];

interface Shown extends Result {
  subject: string;
}

/** One decision about the chosen submissions of one kind; then how each of them went. */
export function Bulk({ chosen, done }: { chosen: readonly Review[]; done: () => void }) {
  const { t } = useTranslation();
  const kindOf = useKindText();
  const kind = chosen[0]?.kind;
  const guide = useGuide(kind);
  const { mutateAsync } = useBulk();
  const [open, setOpen] = useState<"approve" | "reject" | null>(null);
  const [results, setResults] = useState<Shown[] | null>(null);
  const count = chosen.length;

  async function decide(approve: boolean, reason: string, said: { reasons?: GivenReason[]; checks?: string[] }): Promise<void> {
    const titles = new Map(chosen.map((review) => [review.review_id, review.title]));
    const body = { kind: kind ?? "", review_ids: [...titles.keys()], approve, reason, reasons: said.reasons ?? [], checks: said.checks ?? [] };
    const { items } = await mutateAsync(body);
    setResults(items.map((item) => ({ ...item, subject: titles.get(item.review_id) ?? item.review_id })));
    done();
  }

  return (
    <Space wrap>
      {kind !== undefined && <span className="faint">{t("reviews.bulk.chosen", { count, kind: kindOf(kind) })}</span>}
      <Button disabled={count === 0} title={count === 0 ? t("reviews.bulk.none") : undefined} onClick={() => setOpen("approve")}>
        {t("reviews.bulk.approve")}
      </Button>
      <Button danger disabled={count === 0} title={count === 0 ? t("reviews.bulk.none") : undefined} onClick={() => setOpen("reject")}>
        {t("reviews.bulk.reject")}
      </Button>
      <ApproveDialog
        title={t("reviews.bulk.approveAsk", { count })}
        guide={guide}
        isFirst={guide?.needs_two === true}
        submitText={t("reviews.bulk.approve")}
        subjects={chosen.map(({ title }) => title)}
        isOpen={open === "approve"}
        close={() => setOpen(null)}
        send={(checks, note) => decide(true, note, { checks })}
      />
      <RejectDialog
        title={t("reviews.bulk.rejectAsk", { count })}
        guide={guide}
        isOpen={open === "reject"}
        close={() => setOpen(null)}
        send={(text, reasons) => decide(false, text, { reasons })}
      />
      <Modal open={results !== null} title={t("reviews.bulk.results")} footer={null} onCancel={() => setResults(null)}>
        <List
          size="small"
          dataSource={results ?? []}
          renderItem={(row) => (
            <List.Item data-bulk={row.is_done ? "done" : row.code}>
              <List.Item.Meta title={row.subject} description={row.title === "" ? undefined : row.title} />
              <StateTag state={row.code} tone={row.is_done ? "good" : "bad"} text={t(row.is_done ? "reviews.bulk.done" : "reviews.bulk.failed")} />
            </List.Item>
          )}
        />
      </Modal>
    </Space>
  );
}
