import { App, Button, Card, Skeleton, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { saveText } from "@/kit/csv";
import { formatTime } from "@/kit/format";
import { StateTag } from "@/kit/StateTag";
import { Trouble } from "@/kit/Trouble";
import { CodeDialog, EnrolDialog } from "@/rooms/identity/FactorDialogs";
import { acts, useAct, useSecondFactor } from "@/rooms/identity/queries";
import { SecretOnce } from "@/rooms/identity/SecretOnce";
import { useSignedIn } from "@/rooms/identity/session";

const FEW_CODES = 3;

/** The second factor: on or off, its recovery codes, and how to change it. */
export function SecondFactorCard() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const { message } = App.useApp();
  const act = useAct();
  const [doing, setDoing] = useState<"enrol" | "off" | "renew" | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const { data, error, refetch } = useSecondFactor();

  function show(fresh: readonly string[]): void {
    setDoing(null);
    setCodes(fresh);
  }

  const close = () => setDoing(null);
  const isOn = data?.since != null;
  return (
    <Card title={t("identity.settings.factor")}>
      <p>{t("identity.settings.factorNote")}</p>
      {data === undefined && error === null && <Skeleton active paragraph={{ rows: 1 }} />}
      {data === undefined && error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {data !== undefined && (
        <Space wrap>
          <StateTag
            state={isOn ? "on" : "off"}
            tone={isOn ? "good" : "waiting"}
            text={isOn ? t("identity.settings.factorOn", { at: formatTime(data.since, zone) }) : t("identity.settings.factorOff")}
          />
          {isOn && <StateTag state="codes" tone={data.codes_left < FEW_CODES ? "unclear" : "left"} text={t("identity.settings.codesLeft", { count: data.codes_left })} />}
          {isOn ? (
            <>
              <Button onClick={() => setDoing("renew")}>{t("identity.settings.renew")}</Button>
              <Button danger onClick={() => setDoing("off")}>
                {t("identity.settings.disable")}
              </Button>
            </>
          ) : (
            <Button type="primary" onClick={() => setDoing("enrol")}>
              {t("identity.settings.enable")}
            </Button>
          )}
        </Space>
      )}
      {doing === "enrol" && <EnrolDialog onDone={show} close={close} />}
      {doing === "off" && (
        <CodeDialog
          title={t("identity.settings.disable")}
          text={t("identity.settings.disableText")}
          submit={(code) => act(() => acts.switchFactorOff(code))}
          onDone={() => {
            message.success(t("identity.settings.disabledDone"));
            close();
          }}
          close={close}
        />
      )}
      {doing === "renew" && (
        <CodeDialog
          title={t("identity.settings.renew")}
          text={t("identity.settings.renewText")}
          submit={(code) => act(() => acts.renewCodes(code))}
          onDone={(fresh) => show(fresh.codes)}
          close={close}
        />
      )}
      {codes !== null && (
        <SecretOnce
          title={t("identity.settings.codesTitle")}
          warning={t("identity.settings.codesText")}
          text={codes.join("\n")}
          save={{ text: t("identity.settings.download"), go: () => saveText(`hongyan-recovery-${session.user.name}.txt`, `${codes.join("\r\n")}\r\n`) }}
          saved={t("identity.settings.codesSaved")}
          close={() => setCodes(null)}
        >
          <ul data-recovery-codes style={{ columns: 2, paddingInlineStart: 20, fontFamily: "monospace" }}>
            {codes.map((code) => (
              <li key={code}>{code}</li>
            ))}
          </ul>
        </SecretOnce>
      )}
    </Card>
  );
}
