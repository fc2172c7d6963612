import { useQueryClient } from "@tanstack/react-query";
import { Button, Modal } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { onSessionOver } from "@/client/expiry";
import { SESSION_KEY } from "@/client/query";
import { leaving } from "@/kit/useLeaveGuard";
import { type Session, useSignOut } from "@/rooms/identity/session";
import { SignInForm } from "@/rooms/identity/SignInForm";

/** Over the page of a session that is over: the same person signs in and goes on, nothing on the page is lost. */
export function SignInAgain({ session }: { session: Session }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const signOut = useSignOut();
  const [isOver, setOver] = useState(false);
  useEffect(() => onSessionOver(() => setOver(true)), []);

  function goOn(now: Session): void {
    if (now.user.id !== session.user.id || now.tenant?.id !== session.tenant?.id) {
      // Somebody else: nothing of the page before may stay.
      leaving.isForced = true;
      location.assign("/overview");
      return;
    }
    client.setQueryData(SESSION_KEY, now);
    setOver(false);
    void client.invalidateQueries();
  }

  return (
    <Modal
      open={isOver}
      title={t("kit.session.over")}
      footer={null}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      destroyOnHidden
      width={420}
      zIndex={2000}
    >
      <p>{t("kit.session.overText", { name: session.user.name })}</p>
      <SignInForm name="sign-in-again" isAgain onDone={goOn} />
      <Button type="link" block style={{ marginTop: 8 }} onClick={() => signOut.mutate()}>
        {t("kit.session.leave")}
      </Button>
    </Modal>
  );
}
