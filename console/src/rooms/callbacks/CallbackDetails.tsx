import { Alert, Card, Skeleton, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { saveText } from "@/kit/csv";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { Trouble } from "@/kit/Trouble";
import { Attempts } from "@/rooms/callbacks/Attempts";
import { HealthTag } from "@/rooms/callbacks/Callbacks";
import { Posts } from "@/rooms/callbacks/Posts";
import { acts, type Callback, useAct, useAddress } from "@/rooms/callbacks/queries";
import { TestButton } from "@/rooms/callbacks/TestButton";
import { SecretOnce } from "@/rooms/identity/SecretOnce";
import { may, useSignedIn } from "@/rooms/identity/session";
import "@/rooms/callbacks/callbacks.css";

/** Signing with Standard Webhooks: on, with another secret, off. */
function Signing({ address }: { address: Callback }) {
  const { t } = useTranslation();
  const act = useAct();
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <ConfirmAction
        text={t(address.is_signed ? "callbacks.rotate" : "callbacks.sign")}
        ask={t(address.is_signed ? "callbacks.rotateAsk" : "callbacks.signAsk")}
        consequence={t(address.is_signed ? "callbacks.rotateText" : "callbacks.signText")}
        act={async () => setSecret((await act(() => acts.newSecret(address.id))).secret)}
        done={t("callbacks.signedDone")}
      />
      {address.is_signed && (
        <ConfirmAction
          isDanger
          text={t("callbacks.unsign")}
          ask={t("callbacks.unsignAsk")}
          consequence={t("callbacks.unsignText")}
          act={() => act(() => acts.dropSecret(address.id))}
          done={t("callbacks.unsignedDone")}
        />
      )}
      {secret !== null && (
        <SecretOnce
          title={t("callbacks.secretTitle")}
          warning={t("callbacks.secretOnce")}
          text={secret}
          save={{ text: t("callbacks.secretSave"), go: () => saveText("callback-secret.txt", secret, "text/plain") }}
          saved={t("callbacks.secretSaved")}
          close={() => setSecret(null)}
        >
          <code data-secret style={{ overflowWrap: "anywhere" }}>
            {secret}
          </code>
        </SecretOnce>
      )}
    </>
  );
}

function Actions({ address }: { address: Callback }) {
  const { t } = useTranslation();
  const act = useAct();
  return (
    <Space wrap>
      <TestButton address={address} />
      {address.state === "disabled" && (
        <ConfirmAction
          type="primary"
          text={t("callbacks.enable")}
          ask={t("callbacks.enableAsk")}
          consequence={t("callbacks.enableText")}
          act={() => act(() => acts.enable(address.id))}
          done={t("callbacks.enabledDone")}
        />
      )}
      <Signing address={address} />
    </Space>
  );
}

/** One address: how it is doing, what was posted, the delivery log. */
export function CallbackDetails() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const { addressId = "" } = useParams();
  const { data: address, error, isPending, refetch } = useAddress(addressId);
  const crumbs = [{ text: t("menuGroup.aimConfig") }, { text: t("callbacks.menu"), to: "/callbacks" }, { text: t("callbacks.log") }];
  if (address === undefined) {
    return (
      <Page title={t("callbacks.log")} crumbs={crumbs}>
        <Card>{isPending ? <Skeleton active /> : <Trouble error={error} retry={() => void refetch()} />}</Card>
      </Page>
    );
  }
  return (
    <Page
      title={t(`callbacks.kind.${address.kind}`)}
      marks={<HealthTag address={address} />}
      note={<span className="mono" style={{ overflowWrap: "anywhere" }}>{address.callback_url}</span>}
      crumbs={crumbs}
      actions={may(session, "kooMessage:devCallback:create") && <Actions address={address} />}
    >
      {address.state === "disabled" && (
        <Alert type="error" showIcon title={t("callbacks.isDisabled", { at: formatTime(address.disabled_at, zone) })} description={t("callbacks.disabledText")} />
      )}
      {address.disables_at !== null && (
        <Alert
          type="warning"
          showIcon
          title={t("callbacks.willBeDisabled", { at: formatTime(address.disables_at, zone) })}
          description={t("callbacks.failingText", { at: formatTime(address.failing_since, zone), count: address.failures })}
        />
      )}
      <Posts address={address} />
      <Attempts addressId={address.id} />
    </Page>
  );
}
