import { Alert, Drawer, Skeleton, Timeline, type TimelineProps, Typography } from "antd";
import { useTranslation } from "react-i18next";

import { formatTime } from "@/kit/format";
import { Trouble } from "@/kit/Trouble";
import { type CardLife, type Life, useLife, useMessageCards } from "@/rooms/campaigns/queries";
import type { Message } from "@/rooms/campaigns/sendTask";
import { MessageStateTag } from "@/rooms/campaigns/StateTag";
import { useSignedIn } from "@/rooms/identity/session";

/** What carriers answer to a part they take: SMS protocols, and MM7. */
const TAKEN: readonly number[] = [0, 1000];

interface Moment {
  at: string;
  text: string;
  note?: string;
  color?: string;
}

/** Everything with a time that happened to a message, in order. */
function useMoments(life: Life | undefined, cards: readonly CardLife[], message: Message): Moment[] {
  const { t } = useTranslation();
  if (life === undefined) {
    return [];
  }
  const moments: Moment[] = [{ at: life.planned_at, text: t("campaigns.life.planned", { parts: life.parts_planned }) }];
  for (const span of life.spans) {
    moments.push({ at: span.opened_at, text: t("campaigns.life.attempted", { account: span.account_id }) });
  }
  for (const part of life.parts) {
    const words = { no: part.part_no, id: part.carrier_ref ?? part.carrier_msg_id };
    const isTaken = TAKEN.includes(part.result);
    moments.push({
      at: part.at,
      text: isTaken ? t("campaigns.life.taken", words) : t("campaigns.life.refused", { ...words, result: part.result }),
      color: isTaken ? undefined : "red",
    });
    for (const report of part.reports) {
      const isGood = report.stat === "DELIVRD";
      moments.push({ at: report.received_at, text: t("campaigns.life.reported", { ...words, stat: report.stat }), color: isGood ? "green" : "red" });
    }
  }
  for (const card of cards) {
    const vendor = t(`campaigns.vendor.${card.vendor}`);
    moments.push({ at: card.granted_at, text: t("campaigns.life.resolved", { vendor }) });
    if (card.rendered_at !== null) {
      moments.push({ at: card.rendered_at, text: t("campaigns.life.rendered", { vendor }), color: "green" });
    }
    if (card.exposed_at !== null) {
      const note = card.clicks > 0 ? t("campaigns.life.clicks", { clicks: card.clicks }) : undefined;
      moments.push({ at: card.exposed_at, text: t("campaigns.life.exposed", { vendor }), note, color: "green" });
    }
  }
  if (message.final_at !== null) {
    moments.push({ at: message.final_at, text: t("campaigns.life.final", { state: t(`messageState.${message.state}`) }) });
  }
  return moments.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function LifeBody({ taskId, message }: { taskId: string; message: Message }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const life = useLife(message.message_id);
  const cards = useMessageCards(taskId, message.message_id, message.link_code !== null);
  const moments = useMoments(life.data, cards.data?.items ?? [], message);
  if (life.error !== null) {
    return <Trouble error={life.error} retry={() => void life.refetch()} />;
  }
  if (life.data === undefined) {
    return <Skeleton active />;
  }
  const items: TimelineProps["items"] = moments.map(({ at, text, note, color }) => ({
    color,
    title: <span className="nowrap faint">{formatTime(at, zone)}</span>,
    content: (
      <>
        {text}
        {note !== undefined && <div className="faint">{note}</div>}
      </>
    ),
  }));
  const doubts = life.data.doubts.length;
  return (
    <div data-life>
      <p>
        <MessageStateTag state={message.state} /> <span className="mono">{message.phone_masked}</span>
      </p>
      <div className="sms-bubble" style={{ marginBottom: 16 }}>
        {message.text === "" ? t("campaigns.life.noText") : message.text}
      </div>
      {doubts > 0 && <Alert type="warning" showIcon title={t("campaigns.life.doubts", { doubts })} style={{ marginBottom: 16 }} />}
      <Typography.Title level={5}>{t("campaigns.life.course")}</Typography.Title>
      <Timeline items={items} />
    </div>
  );
}

interface MessageLifeProps {
  taskId: string;
  message: Message | null;
  close: () => void;
}

/** 每个号码的一生: accepted, rendered, routed, handed over, reported, resolved, shown, tapped. */
export function MessageLife({ taskId, message, close }: MessageLifeProps) {
  const { t } = useTranslation();
  return (
    <Drawer open={message !== null} title={t("campaigns.life.title")} size={520} destroyOnHidden onClose={close}>
      {message !== null && <LifeBody taskId={taskId} message={message} />}
    </Drawer>
  );
}
