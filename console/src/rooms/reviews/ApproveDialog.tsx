import { Alert, Checkbox, Form, Input, Modal } from "antd";
import { useTranslation } from "react-i18next";

import { ServerForm } from "@/kit/ServerForm";
import type { Guide, ReviewDetail, Said } from "@/rooms/reviews/queries";
import { useWord } from "@/rooms/reviews/words";

interface ApproveDialogProps {
  review: ReviewDetail;
  guide: Guide | undefined;
  isOpen: boolean;
  close: () => void;
  say: (said: Said) => Promise<unknown>;
}

interface Approval {
  checks?: string[];
  note?: string;
}

const NOTE_CHARS = 500;

/** 通过: with the kind's checklist; says when another reviewer has to agree. */
export function ApproveDialog({ review, guide, isOpen, close, say }: ApproveDialogProps) {
  const { t } = useTranslation();
  const wordOf = useWord();
  const points = guide?.checks ?? [];
  const isFirst = review.needs_two && review.first_by === "";
  return (
    <Modal open={isOpen} title={t("review.approveAsk", { title: review.title })} onCancel={close} footer={null} destroyOnHidden>
      <ServerForm<Approval>
        name="approve"
        guard={false}
        submit={({ checks, note }) => say({ verb: "approve", checks: checks ?? [], note: note?.trim() ?? "" })}
        onDone={close}
        submitText={isFirst ? t("reviews.approveFirst") : t("review.approve")}
        cancel={close}
      >
        {isFirst && <Alert type="info" showIcon title={t("reviews.needsTwo")} style={{ marginBottom: 16 }} />}
        {!isFirst && <p>{t("review.approveText")}</p>}
        <Form.Item name="checks" label={t("reviews.checks")} extra={t("reviews.checksNote")}>
          <Checkbox.Group className="review-choices" options={points.map((point) => ({ value: point.code, label: wordOf(point) }))} />
        </Form.Item>
        <Form.Item name="note" label={t("reviews.note")}>
          <Input.TextArea rows={2} maxLength={NOTE_CHARS} showCount />
        </Form.Item>
      </ServerForm>
    </Modal>
  );
}
