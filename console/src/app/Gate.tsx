import { Button, Result } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { type Session, useSignedIn } from "@/rooms/identity/session";

interface GateProps {
  may: (session: Session) => boolean;
  children: ReactNode;
}

/** A page that the user may not see says so, instead of failing piece by piece. */
export function Gate({ may, children }: GateProps) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  if (may(session)) {
    return children;
  }
  return (
    <Result
      status="403"
      title={t("error.forbidden")}
      subTitle={t("error.forbiddenText")}
      extra={
        <Link to="/overview">
          <Button type="primary">{t("error.home")}</Button>
        </Link>
      }
    />
  );
}
