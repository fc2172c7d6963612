import { LockOutlined, UserOutlined } from "@ant-design/icons";
import { Alert, Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";

import { useProblemText } from "@/kit/Trouble";
import { type Session, useSignIn } from "@/rooms/identity/session";

interface Wanted {
  user: string;
  password: string;
}

interface SignInFormProps {
  /** Of the form: its controls' ids begin with it. */
  name: string;
  /** Filled in at first. */
  user?: string;
  /** Keep the answers that pages have: the same person goes on. */
  isAgain?: boolean;
  onDone?: (session: Session) => void;
}

/** User and password: on the page to sign in, and over a page whose session is over. */
export function SignInForm({ name, user, isAgain = false, onDone }: SignInFormProps) {
  const { t } = useTranslation();
  const signIn = useSignIn(isAgain);
  const textOf = useProblemText();
  return (
    <>
      {signIn.error !== null && <Alert type="error" showIcon title={textOf(signIn.error)} style={{ marginBottom: 24 }} />}
      <Form<Wanted>
        name={name}
        layout="vertical"
        size="large"
        requiredMark={false}
        initialValues={{ user }}
        onFinish={(wanted) => signIn.mutate({ user: wanted.user.trim(), password: wanted.password }, { onSuccess: onDone })}
      >
        <Form.Item
          name="user"
          label={t("session.user")}
          rules={[{ required: true, whitespace: true, message: t("session.userMissing") }]}
        >
          <Input prefix={<UserOutlined aria-hidden />} placeholder={t("session.userHint")} autoComplete="username" maxLength={130} />
        </Form.Item>
        <Form.Item name="password" label={t("session.password")} rules={[{ required: true, message: t("session.passwordMissing") }]}>
          <Input.Password prefix={<LockOutlined aria-hidden />} autoComplete="current-password" maxLength={128} />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
          {t("session.signIn")}
        </Button>
      </Form>
    </>
  );
}
