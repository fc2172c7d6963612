import { Alert, App, Button, type ButtonProps, Form, Input, Modal } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/client/problem";
import { useProblemText } from "@/kit/Trouble";

interface ConfirmActionProps {
  /** On the button, and again in the dialog. */
  text: string;
  /** The question: "Delete the app X?". */
  ask: string;
  /** What follows. */
  consequence?: ReactNode;
  /** What it takes along: shown as a list. */
  takes?: readonly string[];
  /** What has to be typed before it may happen, such as the name of what is deleted. */
  typed?: string;
  /** Ask why; what was typed is given to {@link act}. */
  reason?: { label: string; isRequired?: boolean; maxLength?: number };
  act: (reason: string) => Promise<unknown>;
  /** Said when it is done. */
  done: string;
  isDanger?: boolean;
  isDisabled?: boolean;
  /** Why it cannot be done now. */
  title?: string;
  icon?: ReactNode;
  type?: ButtonProps["type"];
  size?: ButtonProps["size"];
}

interface Answers {
  typed?: string;
  reason?: string;
}

const REASON_CHARS = 500;

/** A button for what destroys, costs or cannot be undone: asks first, says what it takes along, and how it went. */
export function ConfirmAction(props: ConfirmActionProps) {
  const { text, ask, consequence, takes = [], typed, reason, act, done, isDanger = false, isDisabled, title, icon, type, size } = props;
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const [form] = Form.useForm<Answers>();
  const [isOpen, setOpen] = useState(false);
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const requestId = error instanceof Problem ? error.requestId : undefined;

  async function go(answers: Answers): Promise<void> {
    setPending(true);
    setError(null);
    try {
      await act(answers.reason?.trim() ?? "");
      setOpen(false);
      message.success(done);
    } catch (refused) {
      setError(refused);
    } finally {
      setPending(false);
    }
  }

  function open(): void {
    setError(null);
    setOpen(true);
  }

  return (
    <>
      <Button type={type} size={size} icon={icon} danger={isDanger} disabled={isDisabled} title={title} onClick={open}>
        {text}
      </Button>
      <Modal
        open={isOpen}
        title={ask}
        okText={text}
        cancelText={t("action.back")}
        okButtonProps={{ danger: isDanger, loading: isPending }}
        cancelButtonProps={{ disabled: isPending }}
        closable={!isPending}
        mask={{ closable: false }}
        destroyOnHidden
        onOk={() => form.submit()}
        onCancel={() => setOpen(false)}
      >
        {consequence !== undefined && <div style={{ marginBottom: 8 }}>{consequence}</div>}
        {takes.length > 0 && (
          <div style={{ marginBottom: 8 }}>
            {t("kit.confirm.takes")}
            <ul style={{ margin: "4px 0 0", paddingInlineStart: 20 }}>
              {takes.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          </div>
        )}
        {error !== null && (
          <Alert
            type="error"
            showIcon
            title={textOf(error)}
            description={requestId !== undefined && t("error.requestId", { id: requestId })}
            style={{ margin: "8px 0" }}
          />
        )}
        <Form<Answers> form={form} layout="vertical" name="confirm" preserve={false} onFinish={go}>
          {typed !== undefined && (
            <Form.Item
              name="typed"
              label={t("kit.confirm.type", { text: typed })}
              rules={[{ validator: (_, value) => (value === typed ? Promise.resolve() : Promise.reject(new Error(t("kit.confirm.differs")))) }]}
              validateTrigger="onSubmit"
            >
              <Input autoComplete="off" />
            </Form.Item>
          )}
          {reason !== undefined && (
            <Form.Item
              name="reason"
              label={reason.label}
              rules={[{ required: reason.isRequired, whitespace: true, message: t("kit.confirm.reasonMissing") }]}
            >
              <Input.TextArea rows={3} maxLength={reason.maxLength ?? REASON_CHARS} showCount />
            </Form.Item>
          )}
        </Form>
      </Modal>
    </>
  );
}
