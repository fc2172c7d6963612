import { LockOutlined, UserOutlined } from "@ant-design/icons";
import { Alert, Button, Form, Input } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useSearchParams } from "react-router";

import { DemoMark } from "@/app/DemoMark";
import { LanguageSwitch } from "@/app/LanguageSwitch";
import { Goose, Logo } from "@/kit/Logo";
import { useProblemText } from "@/kit/Trouble";
import { nextOf } from "@/rooms/identity/next";
import { useInstallation, useSessionQuery, useSignIn } from "@/rooms/identity/session";

interface Wanted {
  user: string;
  password: string;
}

export function SignIn() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const { data: session } = useSessionQuery();
  const installation = useInstallation();
  const signIn = useSignIn();
  const textOf = useProblemText();
  useEffect(() => {
    document.title = `${t("session.signIn")} - ${t("brand.title")}`;
  }, [t]);
  if (session) {
    return <Navigate to={nextOf(params.get("next"))} replace />;
  }
  return (
    <main className="sign-in">
      <section className="sign-in-side">
        <div className="sign-in-flock">
          <Goose size={420} />
        </div>
        <Logo size={52} />
        <h1>
          {t("brand.name")} {t("brand.service")}
        </h1>
        <p>{t("brand.claim")}</p>
      </section>
      <section className="sign-in-form">
        <div className="sign-in-top">
          {installation.data?.demo === true && <DemoMark />}
          <LanguageSwitch />
        </div>
        <h2>{t("session.welcome")}</h2>
        {signIn.error !== null && (
          <Alert
            type="error"
            showIcon
            title={textOf(signIn.error)}
            style={{ marginBottom: 24 }}
          />
        )}
        <Form<Wanted>
          name="sign-in"
          layout="vertical"
          size="large"
          requiredMark={false}
          onFinish={(wanted) => signIn.mutate({ user: wanted.user.trim(), password: wanted.password })}
        >
          <Form.Item
            name="user"
            label={t("session.user")}
            rules={[{ required: true, whitespace: true, message: t("session.userMissing") }]}
          >
            <Input
              prefix={<UserOutlined aria-hidden />}
              placeholder={t("session.userHint")}
              autoComplete="username"
              maxLength={130}
            />
          </Form.Item>
          <Form.Item
            name="password"
            label={t("session.password")}
            rules={[{ required: true, message: t("session.passwordMissing") }]}
          >
            <Input.Password prefix={<LockOutlined aria-hidden />} autoComplete="current-password" maxLength={128} />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
            {t("session.signIn")}
          </Button>
        </Form>
      </section>
    </main>
  );
}
