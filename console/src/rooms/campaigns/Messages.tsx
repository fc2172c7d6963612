import { DownloadOutlined } from "@ant-design/icons";
import { Button, Card, Empty, Form, Input, Select, Space, Table, type TableColumnsType, Tooltip, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type Change, PAGE_SIZES, readChoices, readPage } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Trouble } from "@/kit/Trouble";
import { MessageLife } from "@/rooms/campaigns/MessageLife";
import { PhoneNumber } from "@/rooms/campaigns/PhoneNumber";
import { exportUrl, type MessageQuery, useMessages } from "@/rooms/campaigns/queries";
import { useReasonText } from "@/rooms/campaigns/reasons";
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

function useColumns(task: SendTask, show: (message: Message) => void): TableColumnsType<Message> {
  const { t, i18n } = useTranslation();
  const { session, zone } = useSignedIn();
  const reasonOf = useReasonText();
  const time = (iso: string | null) => <span className="nowrap">{formatTime(iso, zone)}</span>;
  return [
    { key: "no", title: t("message.no"), width: 64, render: (_, message) => message.recipient_no + 1 },
    {
      key: "phone",
      title: t("message.phone"),
      width: 160,
      render: (_, message) => <PhoneNumber taskId={task.task_id} message={message} mayReveal={maySend(session)} />,
    },
    { key: "state", title: t("message.state"), width: 100, render: (_, message) => <MessageStateTag state={message.state} /> },
    {
      key: "code",
      title: t("message.code"),
      width: 92,
      render: (_, { carrier_code: code, carrier_text: text }) =>
        code === null ? "–" : (
          <Tooltip title={text?.[i18n.language] ?? reasonOf(code)}>
            <span className="mono">{code}</span>
          </Tooltip>
        ),
    },
    { key: "parts", title: t("message.parts"), width: 60, dataIndex: "parts" },
    {
      key: "link",
      title: t("message.link"),
      width: 112,
      render: (_, { link_code: code }) =>
        code === null ? "–" : (
          // Not an anchor: following it would count as the recipient's tap.
          <Typography.Text className="mono nowrap" copyable={{ text: `${task.domain}/${code}` }} title={`${task.domain}/${code}`}>
            {code}
          </Typography.Text>
        ),
    },
    { key: "submitted", title: t("message.submitted"), width: 168, render: (_, message) => time(message.submitted_at) },
    { key: "final", title: t("message.final"), width: 168, render: (_, message) => time(message.final_at) },
    {
      key: "life",
      title: t("list.actions"),
      width: 96,
      render: (_, message) => (
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

/** Each recipient's message, with filters that live in the URL, and the download of what they show. */
export function Messages({ task, params, change }: MessagesProps) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const { page, size } = readPage(params);
  const wanted: MessageQuery = {
    state: readChoices(params, "state", MESSAGE_STATES),
    phone: params.get("phone") ?? "",
    offset: (page - 1) * size,
    limit: size,
  };
  const { data, error, isPending, refetch } = useMessages(task.task_id, wanted, isMoving(task));
  const [shown, setShown] = useState<Message | null>(null);
  const columns = useColumns(task, setShown);
  const isFiltered = wanted.state.length > 0 || wanted.phone !== "";
  return (
    <Card
      id="messages"
      title={t("message.title")}
      extra={
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
      styles={{ body: { padding: 0 } }}
    >
      <div style={{ padding: 16 }}>
        <MessageFilters wanted={wanted} change={change} />
      </div>
      {error !== null && data === undefined ? (
        <Trouble error={error} retry={() => void refetch()} />
      ) : (
        <Table<Message>
          rowKey="message_id"
          size="middle"
          columns={columns}
          dataSource={data?.items ?? []}
          loading={isPending}
          scroll={{ x: 1066 }}
          expandable={{ expandedRowRender: (message) => <div className="sms-bubble">{message.text}</div> }}
          locale={{
            emptyText: (
              <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(isFiltered ? "message.empty" : "message.none")} />
            ),
          }}
          pagination={{
            current: page,
            pageSize: size,
            total: data?.total ?? 0,
            pageSizeOptions: PAGE_SIZES,
            showSizeChanger: true,
            showTotal: (total) => t("list.total", { total }),
            style: { paddingInline: 16 },
            onChange: (nextPage, nextSize) =>
              change({ page: nextSize === size ? String(nextPage) : "1", size: String(nextSize) }),
          }}
        />
      )}
      <MessageLife taskId={task.task_id} message={shown} close={() => setShown(null)} />
    </Card>
  );
}
