import { Alert, Drawer, Skeleton, Timeline, type TimelineProps, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { formatTime } from "@/kit/format";
import { Trouble } from "@/kit/Trouble";
import { momentsOf } from "@/rooms/campaigns/lifeMoments";
import { useLife, useMessageCards, useMessagePosts } from "@/rooms/campaigns/queries";
import type { Message } from "@/rooms/campaigns/sendTask";
import { MessageStateTag } from "@/rooms/campaigns/StateTag";
import { Way } from "@/rooms/campaigns/Way";
import { may, useSignedIn } from "@/rooms/identity/session";

function LifeBody({ taskId, message }: { taskId: string; message: Message }) {
  const { t, i18n } = useTranslation();
  const { session, zone } = useSignedIn();
  const life = useLife(message.message_id);
  const cards = useMessageCards(taskId, message.message_id, message.link_code !== null);
  const posts = useMessagePosts(taskId, message.link_code, may(session, "kooMessage:devCallback:list"));
  if (life.data === undefined) {
    return life.error === null ? <Skeleton active /> : <Trouble error={life.error} retry={() => void life.refetch()} />;
  }
  const known = { life: life.data, cards: cards.data?.items ?? [], posts: posts.data?.items ?? [], taskId };
  const items: TimelineProps["items"] = momentsOf(known, t, i18n.language).map(({ at, text, note, to, color }) => ({
    color,
    title: <span className="nowrap faint">{formatTime(at, zone)}</span>,
    content: (
      <>
        {to === undefined ? text : <Link to={to}>{text}</Link>}
        {note !== undefined && <div className="faint" style={{ overflowWrap: "anywhere" }}>{note}</div>}
      </>
    ),
  }));
  const doubts = life.data.doubts.length;
  return (
    <div data-life>
      <p>
        <MessageStateTag state={life.data.state} /> <span className="mono">{message.phone_masked}</span>
      </p>
      <div className="sms-bubble" style={{ marginBottom: 16 }}>
        {message.text === "" ? t("campaigns.life.noText") : message.text}
      </div>
      {doubts > 0 && <Alert type="warning" showIcon title={t("campaigns.life.doubts", { doubts })} style={{ marginBottom: 16 }} />}
      {life.data.way !== null && <Way way={life.data.way} />}
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
