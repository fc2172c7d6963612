import { Card, Descriptions, Progress, Skeleton, Tabs, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Figure, Figures } from "@/kit/Figures";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readList, useFilters } from "@/kit/filters";
import { formatCount, formatShare, formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { Trouble } from "@/kit/Trouble";
import { CarrierCode } from "@/rooms/campaigns/CarrierCode";
import { PhoneNumber } from "@/rooms/campaigns/PhoneNumber";
import { may, useSignedIn } from "@/rooms/identity/session";
import { ExportButton } from "@/rooms/reports/ExportButton";
import { useVideoMessages, useVideoReplies, useVideoTask, type VideoMessage, type VideoReply, type VideoTask } from "@/rooms/video_sms/queries";
import { TaskActions } from "@/rooms/video_sms/TaskActions";
import { isMoving, planningOf, RESULT_TONES, resultOf, RESULTS, TASK_TONES } from "@/rooms/video_sms/words";

/** 任务明细: what became of each number. */
function Messages({ task }: { task: VideoTask }) {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const [params] = useFilters();
  const { offset, limit } = readList(params);
  const result = readChoices(params, "result", RESULTS);
  const phone = params.get("phone") ?? undefined;
  const list = useVideoMessages(task.task_id, { offset, limit, result, phone });
  const time = (iso: string | null) => <span className="nowrap">{formatTime(iso, zone)}</span>;
  const filters: Filter[] = [
    { kind: "text", name: "phone", label: t("video_sms.task.phone"), placeholder: t("video_sms.task.phonePlaceholder"), maxLength: 20, inputMode: "tel", width: 180 },
    { kind: "choices", name: "result", label: t("video_sms.task.result"), choices: RESULTS.map((value) => ({ value, label: t(`video_sms.result.${value}`) })) },
  ];
  const columns: DataColumn<VideoMessage>[] = [
    { key: "no", title: t("video_sms.task.no"), width: 70, render: (row) => formatCount(row.no) },
    {
      key: "phone",
      title: t("video_sms.task.phone"),
      width: 190,
      isAlways: true,
      render: (row) => (
        <span className="nowrap">
          <PhoneNumber taskId={task.task_id} message={row} mayReveal={may(session, "hongyan:number:reveal")} /> {row.is_again && <Tag>{t("video_sms.task.again")}</Tag>}
        </span>
      ),
    },
    {
      key: "result",
      title: t("video_sms.task.result"),
      width: 110,
      render: ({ state }) => <StateTag state={state} tone={RESULT_TONES[resultOf(state)]} text={t(`video_sms.result.${resultOf(state)}`)} />,
    },
    {
      key: "code",
      title: t("video_sms.task.code"),
      width: 130,
      render: ({ carrier_code: code, carrier_text: text }) => <CarrierCode code={code} text={text} />,
    },
    { key: "submitted", title: t("video_sms.task.submittedAt"), width: 172, render: (row) => time(row.submitted_at) },
    { key: "final", title: t("video_sms.task.finalAt"), width: 172, render: (row) => time(row.final_at) },
  ];
  return (
    <DataTable<VideoMessage>
      name="video-messages"
      columns={columns}
      rowKey={(row) => String(row.message_id)}
      list={list}
      isFiltered={isFiltered(params, filters)}
      empty={{ text: t("video_sms.task.noMessages") }}
      // What the download centre keeps names no numbers.
      actions={<ExportButton kind="video_messages" filters={{ task_id: task.task_id, result }} hasNumbers isOfOne={phone !== undefined} />}
    >
      <FilterBar name="video-messages" filters={filters} />
    </DataTable>
  );
}

/** 回复明细. */
function Replies({ task }: { task: VideoTask }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const [params] = useFilters();
  const { offset, limit } = readList(params);
  const list = useVideoReplies(task.task_id, { offset, limit });
  const columns: DataColumn<VideoReply>[] = [
    { key: "phone", title: t("video_sms.task.phone"), width: 150, isAlways: true, render: (row) => row.phone_masked },
    { key: "text", title: t("video_sms.task.reply"), width: 420, render: (row) => <span style={{ overflowWrap: "anywhere" }}>{row.text}</span> },
    { key: "at", title: t("video_sms.task.repliedAt"), width: 172, render: (row) => <span className="nowrap">{formatTime(row.at, zone)}</span> },
  ];
  return <DataTable<VideoReply> name="video-replies" columns={columns} rowKey={(row) => row.reply_id} list={list} empty={{ text: t("video_sms.task.noReplies"), note: t("video_sms.task.noRepliesNote") }} />;
}

/** How far a large file is taken in. */
function Planning({ task, share }: { task: VideoTask; share: number }) {
  const { t } = useTranslation();
  const text = t("video_sms.task.planning", { planned: formatCount(task.planned), total: formatCount(task.total + task.resent) });
  return (
    <div data-planning style={{ marginBottom: 16 }}>
      {text}
      <Progress percent={share} status="active" aria-label={text} />
      <span className="faint">{t("video_sms.task.planningNote")}</span>
    </div>
  );
}

function useFigures(task: VideoTask): Figure[] {
  const { t } = useTranslation();
  const sending = Math.max(0, task.total - task.delivered - task.failed - task.timed_out);
  return [
    { key: "total", label: t("video_sms.task.count"), value: formatCount(task.total) },
    { key: "delivered", label: t("video_sms.result.success"), value: formatCount(task.delivered), aside: formatShare(task.delivered, task.total) },
    { key: "failed", label: t("video_sms.result.failed"), value: formatCount(task.failed) },
    { key: "timeout", label: t("video_sms.result.timeout"), value: formatCount(task.timed_out), help: t("video_sms.task.timeoutHelp", { hours: task.hours }) },
    { key: "sending", label: t("video_sms.result.sending"), value: formatCount(sending) },
    ...(task.unsent > 0 ? [{ key: "unsent", label: t("video_sms.task.unsent"), value: formatCount(task.unsent), help: t("video_sms.task.unsentHelp") }] : []),
    ...(task.resent > 0 ? [{ key: "resent", label: t("video_sms.task.again"), value: formatCount(task.resent) }] : []),
  ];
}

function Details({ task }: { task: VideoTask }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const [params, change] = useFilters();
  const isReplies = params.get("tab") === "replies";
  const facts = [
    { key: "template", label: t("video_sms.task.template"), children: `${task.tpl_name} (${task.tpl_id})` },
    { key: "sendAt", label: t("video_sms.task.sentAt"), children: formatTime(task.send_at, zone) },
    { key: "hours", label: t("video_sms.task.hours"), children: t("video_sms.task.hoursValue", { hours: task.hours }) },
    { key: "by", label: t("video_sms.task.by"), children: task.created_by },
    { key: "created", label: t("video_sms.created"), children: formatTime(task.created_at, zone) },
  ];
  return (
    <Page
      title={task.name}
      marks={<StateTag state={task.state} tone={TASK_TONES[task.state]} text={t(`video_sms.taskState.${task.state}`)} />}
      crumbs={[{ text: t("menuGroup.videoSms") }, { text: t("video_sms.task.menu"), to: "/video-tasks" }, { text: t("video_sms.task.details") }]}
      actions={<TaskActions task={task} />}
    >
      <Card title={t("video_sms.task.progress")} extra={isMoving(task) && <span className="live-dot">{t("task.live")}</span>}>
        {planningOf(task) !== null && <Planning task={task} share={planningOf(task) ?? 0} />}
        <Figures figures={useFigures(task)} />
        <Descriptions column={{ xs: 1, md: 2, xl: 3 }} size="small" items={facts} style={{ marginTop: 16 }} />
      </Card>
      <Tabs
        activeKey={isReplies ? "replies" : "messages"}
        items={[
          { key: "messages", label: t("video_sms.task.details") },
          { key: "replies", label: t("video_sms.task.replies") },
        ]}
        onChange={(tab) => change({ tab: tab === "replies" ? tab : "", phone: "", result: [] })}
        tabBarStyle={{ marginBottom: 0 }}
      />
      {isReplies ? <Replies task={task} /> : <Messages task={task} />}
    </Page>
  );
}

/** 发送任务 > 任务明细. */
export function TaskDetails() {
  const { taskId = "" } = useParams();
  const { data, error, isPending, refetch } = useVideoTask(taskId);
  if (data === undefined) {
    return isPending ? <Skeleton active paragraph={{ rows: 10 }} /> : <Trouble error={error} retry={() => void refetch()} />;
  }
  return <Details key={data.task_id} task={data} />;
}
