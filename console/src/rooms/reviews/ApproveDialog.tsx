import { Alert, Checkbox, Form, Input, Modal } from "antd";
import { useTranslation } from "react-i18next";

import { ServerForm } from "@/kit/ServerForm";
import type { Guide } from "@/rooms/reviews/queries";
import { useWord } from "@/rooms/reviews/words";

interface ApproveDialogProps {
  title: string;
  guide: Guide | undefined;
  /** Another reviewer has to agree before it takes effect. */
  isFirst: boolean;
  submitText: string;
  /** What is approved, when it is many. */
  subjects?: readonly string[];
  isOpen: boolean;
  close: () => void;
  send: (checks: string[], note: string) => Promise<unknown>;
}

interface Approval {
  checks?: string[];
  note?: string;
}

const NOTE_CHARS = 500;

/** 通过: with the kind's checklist and a note, of one or of many; says when another reviewer has to agree. */
export function ApproveDialog({ title, guide, isFirst, submitText, subjects, isOpen, close, send }: ApproveDialogProps) {
  const { t } = useTranslation();
  const wordOf = useWord();
  const points = guide?.checks ?? [];
  return (
    <Modal open={isOpen} title={title} onCancel={close} footer={null} destroyOnHidden>
      <ServerForm<Approval>
        name="approve"
        guard={false}
        submit={({ checks, note }) => send(checks ?? [], note?.trim() ?? "")}
        onDone={close}
        submitText={submitText}
        cancel={close}
      >
        {isFirst && <Alert type="info" showIcon title={t("reviews.needsTwo")} style={{ marginBottom: 16 }} />}
        {!isFirst && <p>{t("review.approveText")}</p>}
        {subjects !== undefined && (
          <ul className="review-subjects">
            {subjects.map((subject, index) => (
              <li key={index}>{subject}</li>
            ))}
          </ul>
        )}
        <Form.Item name="checks" label={t("reviews.checks")} extra={t(subjects === undefined ? "reviews.checksNote" : "reviews.bulk.checksNote")}>
          <Checkbox.Group className="review-choices" options={points.map((point) => ({ value: point.code, label: wordOf(point) }))} />
        </Form.Item>
        <Form.Item name="note" label={t("reviews.note")}>
          <Input.TextArea rows={2} maxLength={NOTE_CHARS} showCount />
        </Form.Item>
      </ServerForm>
    </Modal>
  );
}
