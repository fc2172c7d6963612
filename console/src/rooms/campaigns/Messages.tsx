import { DownloadOutlined } from "@ant-design/icons";
import { Button, Form, Input, Select, Space, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Change, readChoices, readList, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { CarrierCode } from "@/rooms/campaigns/CarrierCode";
import { MessageLife } from "@/rooms/campaigns/MessageLife";
import { PhoneNumber } from "@/rooms/campaigns/PhoneNumber";
import { exportUrl, type MessageQuery, useMessages } from "@/rooms/campaigns/queries";
import { isMoving, type Message, MESSAGE_STATES, type MessageState, type SendTask } from "@/rooms/campaigns/sendTask";
import { MessageStateTag } from "@/rooms/campaigns/StateTag";
import { may, maySend, useSignedIn } from "@/rooms/identity/session";
import { ExportButton } from "@/rooms/reports/ExportButton";

interface Wanted {
  state?: MessageState[];
  phone?: string;
}

const PHONE_CHARS = 20;

function MessageFilters({ wanted, change }: { wanted: MessageQuery; change: (change: Change) => void }) {
  const { t } = useTranslation();
  return (
    <Form<Wanted>
      key={`${wanted.phone}|${wanted.state.join()}`}
      name="messages"
      layout="inline"
      colon={false}
      role="search"
      initialValues={{ state: wanted.state, phone: wanted.phone }}
      onFinish={({ state, phone }) => change({ state, phone: phone?.trim() })}
      style={{ rowGap: 12 }}
    >
      <Form.Item name="phone" label={t("message.phone")}>
        <Input allowClear inputMode="tel" placeholder={t("message.phonePlaceholder")} maxLength={PHONE_CHARS} style={{ width: 180 }} />
      </Form.Item>
      <Form.Item name="state" label={t("message.state")}>
        <Select<MessageState[]>
          mode="multiple"
          allowClear
          maxTagCount="responsive"
          placeholder={t("list.all")}
          style={{ width: 220 }}
          options={MESSAGE_STATES.map((state) => ({ value: state, label: t(`messageState.${state}`) }))}
        />
      </Form.Item>
      <Space>
        <Button type="primary" htmlType="submit">
          {t("list.query")}
        </Button>
        <Button onClick={() => change({ state: [], phone: "" })}>{t("list.reset")}</Button>
      </Space>
    </Form>
  );
}

function useColumns(task: SendTask, show: (message: Message) => void): DataColumn<Message>[] {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const time = (iso: string | null) => <span className="nowrap">{formatTime(iso, zone)}</span>;
  return [
    { key: "no", title: t("message.no"), width: 64, render: (message) => message.recipient_no + 1 },
    {
      key: "phone",
      title: t("message.phone"),
      width: 160,
      isAlways: true,
      render: (message) => <PhoneNumber taskId={task.task_id} message={message} mayReveal={maySend(session)} />,
    },
    { key: "state", title: t("message.state"), width: 100, render: (message) => <MessageStateTag state={message.state} /> },
    {
      key: "code",
      title: t("message.code"),
      width: 132,
      render: ({ carrier_code: code, carrier_text: text }) => <CarrierCode code={code} text={text} />,
    },
    { key: "parts", title: t("message.parts"), width: 60, render: (message) => message.parts },
    {
      key: "link",
      title: t("message.link"),
      width: 112,
      render: ({ link_code: code }) =>
        code === null ? "–" : (
          // Not an anchor: following it would count as the recipient's tap.
          <Typography.Text className="mono nowrap" copyable={{ text: `${task.domain}/${code}` }} title={`${task.domain}/${code}`}>
            {code}
          </Typography.Text>
        ),
    },
    { key: "submitted", title: t("message.submitted"), width: 168, render: (message) => time(message.submitted_at) },
    { key: "final", title: t("message.final"), width: 168, render: (message) => time(message.final_at) },
    {
      key: "life",
      title: t("list.actions"),
      width: 96,
      isAlways: true,
      render: (message) => (
        <Button type="link" size="small" style={{ padding: 0 }} onClick={() => show(message)}>
          {t("campaigns.life.show")}
        </Button>
      ),
    },
  ];
}

interface MessagesProps {
  task: SendTask;
  params: URLSearchParams;
  change: (change: Change) => void;
}

function readWanted(params: URLSearchParams): MessageQuery {
  const { offset, limit } = readList(params);
  return { state: readChoices(params, "state", MESSAGE_STATES), phone: params.get("phone") ?? "", offset, limit };
}

/** Ask for the messages that the page will show, while the task itself is asked for. */
export function useEarlyMessages(taskId: string) {
  const [params] = useFilters();
  useMessages(taskId, readWanted(params), false);
}

/** Each recipient's message, with filters that live in the URL, and the download of what they show. */
export function Messages({ task, params, change }: MessagesProps) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const wanted = readWanted(params);
  const list = useMessages(task.task_id, wanted, isMoving(task));
  const [shown, setShown] = useState<Message | null>(null);
  const columns = useColumns(task, setShown);
  const isFiltered = wanted.state.length > 0 || wanted.phone !== "";
  return (
    <>
      <DataTable<Message>
        name="messages"
        title={t("message.title")}
        columns={columns}
        rowKey={(message) => String(message.message_id)}
        list={list}
        isFiltered={isFiltered}
        empty={{ text: t("message.none") }}
        expand={(message) => <div className="sms-bubble">{message.text}</div>}
        actions={
          wanted.phone === "" ? (
            <ExportButton kind="send_messages" filters={{ task_id: task.task_id, state: wanted.state }} hasNumbers />
          ) : (
            // What the download centre keeps names no numbers: the few messages of one come at once.
            may(session, "hongyan:message:export") && (
              <Button icon={<DownloadOutlined aria-hidden />} href={exportUrl(task.task_id, wanted)} download>
                {t("message.download")}
              </Button>
            )
          )
        }
      >
        <MessageFilters wanted={wanted} change={change} />
      </DataTable>
      <MessageLife taskId={task.task_id} message={shown} close={() => setShown(null)} />
    </>
  );
}
