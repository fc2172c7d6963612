import { Alert, Card, Descriptions, Empty, Skeleton, Timeline, type TimelineProps, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { Trouble } from "@/kit/Trouble";
import { MessageStateTag } from "@/rooms/campaigns/StateTag";
import { Way } from "@/rooms/campaigns/Way";
import { useTenantNames } from "@/rooms/carriers/tenants/useTenantChoices";
import { may, useSignedIn } from "@/rooms/identity/session";
import { isMessageId } from "@/rooms/receipts/messageId";
import { MessageSearch } from "@/rooms/receipts/MessageSearch";
import { type Life, type Moment, momentsOf } from "@/rooms/receipts/moments";
import { acts, type MessageClass, useChannels, useMessage } from "@/rooms/receipts/queries";

const REASON_CHARS = 200;
/** Wider, the times would stand in the middle of the page. */
const COURSE_PX = 640;
const BAD: readonly Moment["what"][] = ["refused", "doubted"];

function lines(...said: readonly (string | false)[]): string {
  return said.filter((one) => one !== false).join(" · ");
}

/** What a channel is called; one that is gone has its number left. */
function useChannelName(): (id: number) => string {
  const channels = useChannels();
  return (id) => channels.find((one) => one.account_id === id)?.name ?? `#${id}`;
}

/** A moment in words; what carriers wrote stays as they wrote it. */
function useMomentText(): (moment: Moment) => { text: string; note?: string } {
  const { t, i18n } = useTranslation();
  const channelOf = useChannelName();
  const meaningOf = (meaning: { zh: string; en: string } | null) => meaning !== null && (i18n.language.startsWith("zh") ? meaning.zh : meaning.en);
  return (moment) => {
    switch (moment.what) {
      case "planned":
        return { text: t("campaigns.life.planned", { parts: moment.parts }) };
      case "opened":
        return { text: t("receipts.message.opened", { channel: channelOf(moment.account) }) };
      case "closed":
        return { text: t("receipts.message.closed", { channel: channelOf(moment.account) }) };
      case "taken":
        return { text: t("campaigns.life.taken", { no: moment.part, id: moment.id }), note: lines(channelOf(moment.account), moment.said !== "" && t("campaigns.life.partText", { text: moment.said })) };
      case "refused":
        return {
          text: t("campaigns.life.refused", { no: moment.part, result: moment.result }),
          note: lines(channelOf(moment.account), meaningOf(moment.meaning)),
        };
      case "reported":
        return {
          text: t("campaigns.life.reported", { no: moment.part, stat: moment.stat }),
          note: lines(meaningOf(moment.meaning), t("receipts.message.reportTimes", { submit: moment.submitTime, done: moment.doneTime })),
        };
      case "doubted":
        return { text: t("receipts.message.doubted", { channel: channelOf(moment.account) }), note: moment.reason };
      case "resent":
        return { text: t("receipts.message.resent"), note: moment.by ?? t("receipts.message.byPolicy") };
      case "final":
        return { text: t("campaigns.life.final", { state: t(`messageState.${moment.state}`) }) };
    }
  };
}

function Course({ life }: { life: Life }) {
  const { zone } = useSignedIn();
  const textOf = useMomentText();
  const items: TimelineProps["items"] = momentsOf(life).map((moment) => {
    const { text, note } = textOf(moment);
    const isGood = moment.what === "reported" ? moment.isGood : !BAD.includes(moment.what);
    return {
      color: isGood ? (moment.what === "reported" ? "green" : undefined) : "red",
      title: <span className="nowrap faint">{formatTime(moment.at, zone)}</span>,
      content: (
        <div data-moment={moment.what}>
          {text}
          {note !== undefined && note !== "" && <div className="faint">{note}</div>}
        </div>
      ),
    };
  });
  return (
    <div style={{ maxWidth: COURSE_PX }}>
      <Timeline items={items} />
    </div>
  );
}

/** The number, masked; whole for a reason that the audit log of its tenant keeps. */
function Recipient({ life }: { life: Life }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const [phone, setPhone] = useState<string | null>(null);
  return (
    <>
      <span className="mono" data-phone>
        {phone ?? life.phone_masked}
      </span>{" "}
      {phone === null && may(session, "hongyan:number:reveal") && (
        <ConfirmAction
          type="link"
          size="small"
          text={t("receipts.message.reveal")}
          ask={t("receipts.message.revealAsk")}
          consequence={t("receipts.message.revealText")}
          reason={{ label: t("receipts.message.revealReason"), isRequired: true, maxLength: REASON_CHARS }}
          act={async (reason) => setPhone((await acts.reveal(life.message_id, reason)).phone)}
          done={t("message.revealed")}
        />
      )}
    </>
  );
}

function Facts({ life }: { life: Life }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const channels = useChannels();
  const tenant = useTenantNames([life.tenant_id]).get(life.tenant_id);
  const channel = channels.find((one) => one.account_id === life.account_id)?.name;
  const rows = [
    ["phone", t("receipts.phone"), <Recipient key={life.message_id} life={life} />],
    ["tenant", t("receipts.tenantName"), tenant?.short_name ?? life.tenant_id],
    ["task", t("receipts.task"), <Typography.Text key="task" copyable className="mono">{life.task_id}</Typography.Text>],
    ["recipient", t("receipts.message.recipient"), life.recipient_no],
    ["kind", t("receipts.message.kind"), t(life.kind === "video" ? "receipts.message.video" : "receipts.message.sms")],
    ["klass", t("receipts.klass"), t(`receipts.class.${life.klass as MessageClass}`)],
    ["channel", t("receipts.channel"), channel === undefined ? "–" : <Link to="/channels">{channel}</Link>],
    ["code", t("receipts.message.code"), life.carrier_code ?? "–"],
    ["signature", t("receipts.signatureId"), <span key="signature" className="mono">{life.signature_id}</span>],
    ["template", t("receipts.message.template"), <span key="template" className="mono">{life.template_id === "" ? "–" : life.template_id}</span>],
    ["expires", t("receipts.expires"), formatTime(life.expires_at, zone)],
  ] as const;
  return <Descriptions column={{ xs: 1, md: 2 }} bordered size="small" items={rows.map(([key, label, children]) => ({ key, label, children }))} />;
}

function Found({ messageId }: { messageId: number }) {
  const { t } = useTranslation();
  const { data: life, error, refetch } = useMessage(messageId);
  const channelOf = useChannelName();
  if (life === undefined) {
    return <Card>{error === null ? <Skeleton active /> : <Trouble error={error} retry={() => void refetch()} />}</Card>;
  }
  const isOpen = life.doubts.length > 0 && life.final_at === null;
  return (
    <div className="stack" data-message={life.message_id}>
      {isOpen && (
        <Alert
          type="warning"
          showIcon
          title={t("receipts.message.unknown")}
          action={<Link to={`/unknown-messages?task=${life.task_id}`}>{t("receipts.message.decide")}</Link>}
        />
      )}
      <Card
        title={
          <>
            <span className="mono">{life.message_id}</span> <MessageStateTag state={life.state} />
          </>
        }
      >
        <Facts life={life} />
      </Card>
      <Card title={t("receipts.message.text")}>
        <div className="sms-bubble">{life.text === "" ? t("campaigns.life.noText") : life.text}</div>
      </Card>
      <Card title={t("campaigns.life.course")}>
        {life.way !== null && <Way way={life.way} nameOf={channelOf} />}
        <Course life={life} />
      </Card>
    </div>
  );
}

/** 消息查询: one message found by its id, and its whole life. */
export function MessagePage() {
  const { t } = useTranslation();
  const { messageId } = useParams();
  const isId = messageId !== undefined && isMessageId(messageId);
  const crumbs = [{ text: t("menuGroup.platform") }, { text: t("receipts.message.menu"), to: messageId === undefined ? undefined : "/messages" }];
  return (
    <Page title={t("receipts.message.menu")} note={t("receipts.message.note")} crumbs={isId ? [...crumbs, { text: messageId }] : crumbs}>
      <Card>
        <MessageSearch key={messageId} shown={messageId} />
      </Card>
      {isId ? (
        <Found key={messageId} messageId={Number(messageId)} />
      ) : (
        <Card>
          <Empty description={t(messageId === undefined ? "receipts.message.empty" : "receipts.message.idWrong")} />
        </Card>
      )}
    </Page>
  );
}
