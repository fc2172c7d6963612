import { Button, List, Modal, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { components } from "@/client/schema";
import { ConfirmAction } from "@/kit/ConfirmAction";
import { StateTag } from "@/kit/StateTag";
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
  const [isRejecting, setRejecting] = useState(false);
  const [results, setResults] = useState<Shown[] | null>(null);
  const count = chosen.length;

  async function decide(approve: boolean, reason: string, reasons: GivenReason[] = []): Promise<void> {
    const titles = new Map(chosen.map((review) => [review.review_id, review.title]));
    const body = { kind: kind ?? "", review_ids: [...titles.keys()], approve, reason, reasons };
    const { items } = await mutateAsync(body);
    setResults(items.map((item) => ({ ...item, subject: titles.get(item.review_id) ?? item.review_id })));
    done();
  }

  return (
    <Space wrap>
      {kind !== undefined && <span className="faint">{t("reviews.bulk.chosen", { count, kind: kindOf(kind) })}</span>}
      <ConfirmAction
        text={t("reviews.bulk.approve")}
        ask={t("reviews.bulk.approveAsk", { count })}
        consequence={guide?.needs_two === true ? t("reviews.needsTwo") : t("review.approveText")}
        takes={chosen.map(({ title }) => title)}
        act={() => decide(true, "")}
        done={t("action.done")}
        isDisabled={count === 0}
        title={count === 0 ? t("reviews.bulk.none") : undefined}
      />
      <Button danger disabled={count === 0} title={count === 0 ? t("reviews.bulk.none") : undefined} onClick={() => setRejecting(true)}>
        {t("reviews.bulk.reject")}
      </Button>
      <RejectDialog
        title={t("reviews.bulk.rejectAsk", { count })}
        guide={guide}
        isOpen={isRejecting}
        close={() => setRejecting(false)}
        send={(text, reasons) => decide(false, text, reasons)}
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
