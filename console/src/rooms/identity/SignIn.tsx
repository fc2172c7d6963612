import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useSearchParams } from "react-router";

import { DemoMark } from "@/app/DemoMark";
import { LanguageSwitch } from "@/app/LanguageSwitch";
import { ThemeSwitch } from "@/app/ThemeSwitch";
import { Goose, Logo } from "@/kit/Logo";
import { nextOf } from "@/rooms/identity/next";
import { useInstallation, useSessionQuery } from "@/rooms/identity/session";
import { SignInForm } from "@/rooms/identity/SignInForm";

export function SignIn() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const { data: session } = useSessionQuery();
  const installation = useInstallation();
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
          <ThemeSwitch />
          <LanguageSwitch />
        </div>
        <h2>{t("session.welcome")}</h2>
        <SignInForm name="sign-in" />
      </section>
    </main>
  );
}
