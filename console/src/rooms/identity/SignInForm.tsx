import { LockOutlined, UserOutlined } from "@ant-design/icons";
import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/client/problem";
import { useProblemText } from "@/kit/Trouble";
import { type Session, useSignIn } from "@/rooms/identity/session";

interface Wanted {
  user: string;
  password: string;
  new_password?: string;
  repeat?: string;
  code?: string;
}

/** What a right password may need besides, by the server's refusal. */
const STEPS: Readonly<Record<string, "code" | "new_password">> = {
  "identity.second_factor_wanted": "code",
  "identity.password_change_wanted": "new_password",
};

interface SignInFormProps {
  /** Of the form: its controls' ids begin with it. */
  name: string;
  /** Filled in at first. */
  user?: string;
  /** Keep the answers that pages have: the same person goes on. */
  isAgain?: boolean;
  onDone?: (session: Session) => void;
}

/** A password of one's own in place of a temporary one. */
function NewPasswordFields() {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item
        name="new_password"
        label={t("identity.signIn.newPassword")}
        extra={t("identity.signIn.newPasswordHint")}
        rules={[{ required: true, message: t("identity.signIn.newPasswordMissing") }]}
      >
        <Input.Password prefix={<LockOutlined aria-hidden />} autoComplete="new-password" maxLength={128} />
      </Form.Item>
      <Form.Item
        name="repeat"
        label={t("identity.signIn.repeat")}
        dependencies={["new_password"]}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              value === getFieldValue("new_password") ? Promise.resolve() : Promise.reject(new Error(t("identity.signIn.differs"))),
          }),
        ]}
      >
        <Input.Password prefix={<LockOutlined aria-hidden />} autoComplete="new-password" maxLength={128} />
      </Form.Item>
    </>
  );
}

/** User and password, then what else the server asks for (a code, a password of one's own): on the page to sign in, and over a page whose session is over. */
export function SignInForm({ name, user, isAgain = false, onDone }: SignInFormProps) {
  const { t } = useTranslation();
  const signIn = useSignIn(isAgain);
  const textOf = useProblemText();
  const [form] = Form.useForm<Wanted>();
  const [asked, setAsked] = useState<readonly ("code" | "new_password")[]>([]);
  const isFirst = asked.length === 0;
  const isAsking = signIn.error instanceof Problem && signIn.error.code in STEPS;

  function send(wanted: Wanted): void {
    const body = {
      user: wanted.user.trim(),
      password: wanted.password,
      ...(asked.includes("new_password") ? { new_password: wanted.new_password } : {}),
      ...(asked.includes("code") ? { code: wanted.code?.trim() } : {}),
    };
    signIn.mutate(body, {
      onSuccess: onDone,
      onError: (error) => {
        const step = error instanceof Problem ? STEPS[error.code] : undefined;
        if (step !== undefined && !asked.includes(step)) {
          setAsked([...asked, step]);
          // What is asked for now is there after the next frame.
          requestAnimationFrame(() => document.getElementById(`${name}_${step}`)?.focus());
        } else if (asked.includes("code")) {
          form.resetFields(["code"]);
        }
      },
    });
  }

  function startAgain(): void {
    setAsked([]);
    signIn.reset();
    form.resetFields();
  }

  return (
    <>
      {signIn.error !== null && <Alert type={isAsking ? "info" : "error"} showIcon title={textOf(signIn.error)} style={{ marginBottom: 24 }} />}
      <Form<Wanted>
        form={form}
        name={name}
        layout="vertical"
        size="large"
        requiredMark={false}
        initialValues={{ user }}
        onFinish={send}
      >
        <Form.Item
          name="user"
          label={t("session.user")}
          rules={[{ required: true, whitespace: true, message: t("session.userMissing") }]}
        >
          <Input prefix={<UserOutlined aria-hidden />} placeholder={t("session.userHint")} autoComplete="username" maxLength={130} readOnly={!isFirst} />
        </Form.Item>
        <Form.Item name="password" hidden={!isFirst} label={t("session.password")} rules={[{ required: true, message: t("session.passwordMissing") }]}>
          <Input.Password prefix={<LockOutlined aria-hidden />} autoComplete="current-password" maxLength={128} />
        </Form.Item>
        {asked.includes("new_password") && <NewPasswordFields />}
        {asked.includes("code") && (
          <Form.Item
            name="code"
            label={t("identity.signIn.code")}
            extra={t("identity.signIn.codeHint")}
            rules={[{ required: true, whitespace: true, message: t("identity.signIn.codeMissing") }]}
          >
            <Input prefix={<LockOutlined aria-hidden />} autoComplete="one-time-code" maxLength={40} />
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
          {t(isFirst ? "session.signIn" : "identity.signIn.continue")}
        </Button>
        {!isFirst && (
          <Button type="link" block style={{ marginTop: 8 }} onClick={startAgain}>
            {t("identity.signIn.back")}
          </Button>
        )}
      </Form>
    </>
  );
}
