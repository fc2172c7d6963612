import { Checkbox, Form, type FormInstance, Input, Modal, Select } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { ServerForm } from "@/kit/ServerForm";
import type { Guide, GivenReason } from "@/rooms/reviews/queries";
import { type Answers, placed, reasonsOf } from "@/rooms/reviews/reasons";
import { useKeys } from "@/rooms/reviews/useKeys";
import { useWord } from "@/rooms/reviews/words";

interface RejectDialogProps {
  title: string;
  guide: Guide | undefined;
  isOpen: boolean;
  /** A question to the customer rather than a refusal. */
  isAsking?: boolean;
  close: () => void;
  send: (text: string, reasons: GivenReason[]) => Promise<unknown>;
}

const REASON_CHARS = 500;
const FIELD_WIDTH = 220;
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

/** Digits tick the reasons while nobody types. */
function Digits({ codes }: { codes: readonly string[] }) {
  const form = Form.useFormInstance<Answers>();
  const toggle = (code: string) => {
    const chosen = form.getFieldValue("codes") as string[] | undefined;
    form.setFieldValue("codes", chosen?.includes(code) === true ? chosen.filter((one) => one !== code) : [...(chosen ?? []), code]);
  };
  useKeys(Object.fromEntries(codes.slice(0, DIGITS.length).map((code, index) => [DIGITS[index] ?? "", () => toggle(code)])));
  return null;
}

function ReasonRow({ code, guide }: { code: string; guide: Guide }) {
  const { t } = useTranslation();
  const wordOf = useWord();
  const reason = guide.reasons.find((one) => one.code === code);
  if (reason === undefined) {
    return null;
  }
  return (
    <div className="review-reason">
      <strong>{wordOf(reason)}</strong>
      <Form.Item name={["details", code, "field"]} label={t("reviews.reasonField")} initialValue={reason.field}>
        <Select
          style={{ width: FIELD_WIDTH }}
          options={[{ value: "", label: t("reviews.whole") }, ...guide.fields.map((field) => ({ value: field.code, label: wordOf(field) }))]}
        />
      </Form.Item>
      <Form.Item name={["details", code, "text"]} label={t("reviews.reasonText")} style={{ flexGrow: 1 }}>
        <Input maxLength={REASON_CHARS} />
      </Form.Item>
    </div>
  );
}

/** 驳回 and 退回询问: reasons of the kind's guide, each at its field, and own words. */
export function RejectDialog({ title, guide, isOpen, isAsking = false, close, send }: RejectDialogProps) {
  const { t } = useTranslation();
  const wordOf = useWord();
  const body = useRef<HTMLDivElement>(null);
  const codes = guide?.reasons.map(({ code }) => code) ?? [];

  async function submit(answers: Answers): Promise<unknown> {
    const reasons = reasonsOf(answers, codes);
    try {
      return await send(answers.text?.trim() ?? "", reasons);
    } catch (error) {
      throw placed(error, reasons);
    }
  }

  return (
    <Modal
      open={isOpen}
      title={title}
      onCancel={close}
      footer={null}
      width={720}
      destroyOnHidden
      afterOpenChange={(open) => open && body.current?.querySelector<HTMLElement>(isAsking ? "textarea" : "input")?.focus()}
    >
      <div ref={body}>
        <ServerForm<Answers>
          name={isAsking ? "ask" : "reject"}
          guard={false}
          submit={submit}
          onDone={close}
          submitText={t(isAsking ? "reviews.ask" : "review.reject")}
          isDanger={!isAsking}
          cancel={close}
        >
          <Digits codes={codes} />
          <Form.Item name="codes" label={t("reviews.reasons")} extra={t("reviews.reasonsNote")}>
            <Checkbox.Group
              className="review-choices"
              options={(guide?.reasons ?? []).map((reason, index) => ({
                value: reason.code,
                label: index < DIGITS.length ? `${DIGITS[index] ?? ""}. ${wordOf(reason)}` : wordOf(reason),
              }))}
            />
          </Form.Item>
          <Form.Item noStyle shouldUpdate={(before: Answers, now: Answers) => before.codes !== now.codes}>
            {({ getFieldValue }: FormInstance<Answers>) =>
              guide !== undefined &&
              codes
                .filter((code) => (getFieldValue("codes") as string[] | undefined)?.includes(code))
                .map((code) => <ReasonRow key={code} code={code} guide={guide} />)
            }
          </Form.Item>
          <Form.Item name="text" label={t(isAsking ? "reviews.question" : "reviews.ownWords")}>
            <Input.TextArea rows={3} maxLength={REASON_CHARS} showCount />
          </Form.Item>
        </ServerForm>
      </div>
    </Modal>
  );
}
