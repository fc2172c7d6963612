import { Alert, App, Button, Dropdown, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/client/problem";
import { useProblemText } from "@/kit/Trouble";
import { acts, type Channel, useAct, useStandIns } from "@/rooms/carriers/queries";

type Action = "pause" | "resume" | "drain" | "enable" | "disable" | "remove";

const STOPS: readonly Action[] = ["pause", "drain", "disable", "remove"];

function actionsOf(channel: Channel): Action[] {
  if (!channel.is_enabled) {
    return ["enable", "remove"];
  }
  return [...(channel.flow === "running" ? (["drain", "pause"] as const) : (["resume"] as const)), "disable"];
}

async function run(action: Action, name: string): Promise<unknown> {
  switch (action) {
    case "pause":
      return acts.flow(name, "paused");
    case "resume":
      return acts.flow(name, "running");
    case "drain":
      return acts.flow(name, "draining");
    case "remove":
      return acts.remove(name);
    default:
      return acts.change(name, { is_enabled: action === "enable" });
  }
}

/** What an action takes along, as the back end knows it now. */
function Takes({ channel, action, waiting }: { channel: Channel; action: Action; waiting: number }) {
  const { t } = useTranslation();
  const { data } = useStandIns(channel.name, true);
  if (data === undefined) {
    return null;
  }
  const carriers = data.uncovered.map((carrier) => t(`carriers.of.${carrier}`)).join(", ");
  const takes = [
    ...(waiting > 0 && action !== "drain" ? [t("carriers.takesWaiting", { total: waiting })] : []),
    ...(carriers === "" ? [] : [t("carriers.takesUncovered", { carriers })]),
    ...(action === "disable" ? [t("carriers.takesReports")] : []),
    data.stand_ins.length > 0 ? t("carriers.takesStandIns", { names: data.stand_ins.join(", ") }) : t("carriers.takesNobody"),
  ];
  return (
    <div style={{ marginBottom: 8 }}>
      {t("kit.confirm.takes")}
      <ul style={{ margin: "4px 0 0", paddingInlineStart: 20 }}>
        {takes.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </div>
  );
}

/** Pause, resume, drain, enable, disable, remove: each asks first and says what it takes along. */
export function ChannelActions({ channel, waiting, edit }: { channel: Channel; waiting: number; edit: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const act = useAct();
  const textOf = useProblemText();
  const [asked, setAsked] = useState<Action | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isPending, setPending] = useState(false);
  const { name } = channel;
  const requestId = error instanceof Problem ? error.requestId : undefined;

  async function go(action: Action): Promise<void> {
    setPending(true);
    setError(null);
    try {
      await act(() => run(action, name));
      setAsked(null);
      message.success(t("carriers.done"));
    } catch (refused) {
      setError(refused);
    } finally {
      setPending(false);
    }
  }

  return (
    <>
      <Button type="link" size="small" onClick={edit} aria-label={t("carriers.editTitle", { name })}>
        {t("carriers.edit")}
      </Button>
      <Dropdown
        trigger={["click"]}
        menu={{
          items: actionsOf(channel).map((action) => ({ key: action, label: t(`carriers.${action}`), danger: action === "remove" })),
          onClick: ({ key }) => {
            setError(null);
            setAsked(key as Action);
          },
        }}
      >
        <Button type="link" size="small" data-actions={name}>
          {t("list.actions")}
        </Button>
      </Dropdown>
      <Modal
        open={asked !== null}
        title={asked !== null && t(`carriers.ask${asked}`, { name })}
        okText={asked !== null && t(`carriers.${asked}`)}
        cancelText={t("action.back")}
        okButtonProps={{ danger: asked !== null && STOPS.includes(asked), loading: isPending }}
        onOk={() => asked !== null && void go(asked)}
        onCancel={() => setAsked(null)}
        destroyOnHidden
      >
        {asked !== null && <p>{t(`carriers.why${asked}`)}</p>}
        {asked !== null && STOPS.includes(asked) && <Takes channel={channel} action={asked} waiting={waiting} />}
        {error !== null && (
          <Alert
            type="error"
            showIcon
            title={textOf(error)}
            description={requestId !== undefined && t("error.requestId", { id: requestId })}
          />
        )}
      </Modal>
    </>
  );
}
