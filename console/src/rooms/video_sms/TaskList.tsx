import { SendOutlined } from "@ant-design/icons";
import { Alert, Button, Card } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readDay, readList, useFilters } from "@/kit/filters";
import { formatCount, formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { GROUP_COLOURS, Segments } from "@/kit/Segments";
import { StateTag } from "@/kit/StateTag";
import { startOfDay } from "@/kit/zones";
import { may, useSignedIn } from "@/rooms/identity/session";
import { useVideoTasks, type VideoTask } from "@/rooms/video_sms/queries";
import { TaskActions } from "@/rooms/video_sms/TaskActions";
import { TASK_STATES, TASK_TONES } from "@/rooms/video_sms/words";

function Progress({ task }: { task: VideoTask }) {
  const { t } = useTranslation();
  const { delivered, failed, timed_out: timedOut, total } = task;
  return (
    <>
      <Segments
        isSmall
        total={total}
        segments={[
          { key: "good", label: t("video_sms.result.success"), count: delivered, colour: GROUP_COLOURS.good },
          { key: "bad", label: t("video_sms.result.failed"), count: failed, colour: GROUP_COLOURS.bad },
          { key: "unclear", label: t("video_sms.result.timeout"), count: timedOut, colour: GROUP_COLOURS.unclear },
        ]}
      />
      <small className="faint nowrap">{t("video_sms.task.progressText", { delivered: formatCount(delivered), total: formatCount(total) })}</small>
    </>
  );
}

function useColumns(): DataColumn<VideoTask>[] {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const time = (iso: string) => <span className="nowrap">{formatTime(iso, zone)}</span>;
  return [
    {
      key: "name",
      title: t("video_sms.task.name"),
      width: 200,
      isAlways: true,
      sort: "name",
      render: (row) => <Link to={`/video-tasks/${row.task_id}`}>{row.name}</Link>,
    },
    {
      key: "state",
      title: t("video_sms.state"),
      width: 130,
      render: ({ state }) => <StateTag state={state} tone={TASK_TONES[state]} text={t(`video_sms.taskState.${state}`)} />,
    },
    { key: "progress", title: t("video_sms.task.progress"), width: 180, render: (row) => <Progress task={row} /> },
    { key: "failed", title: t("video_sms.result.failed"), width: 80, align: "right", render: (row) => formatCount(row.failed) },
    { key: "timeout", title: t("video_sms.result.timeout"), width: 90, align: "right", render: (row) => formatCount(row.timed_out) },
    { key: "template", title: t("video_sms.task.template"), width: 180, render: (row) => row.tpl_name },
    { key: "sendAt", title: t("video_sms.task.sentAt"), width: 172, render: (row) => time(row.send_at) },
    { key: "created", title: t("video_sms.created"), width: 172, sort: "created_at", render: (row) => time(row.created_at) },
    { key: "by", title: t("video_sms.task.by"), width: 130, isHiddenAtFirst: true, render: (row) => row.created_by },
    {
      key: "actions",
      title: t("list.actions"),
      width: 200,
      isAlways: true,
      render: (row) => (
        <>
          <Link to={`/video-tasks/${row.task_id}`}>{t("video_sms.task.details")}</Link>
          <TaskActions task={row} type="link" />
        </>
      ),
    },
  ];
}

/** 发送任务. */
export function TaskList() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const navigate = useNavigate();
  const [params] = useFilters();
  const filters: Filter[] = [
    { kind: "text", name: "name", label: t("video_sms.task.name"), maxLength: 32 },
    { kind: "text", name: "template", label: t("video_sms.task.template"), maxLength: 100 },
    {
      kind: "choices",
      name: "state",
      isSingle: true,
      label: t("video_sms.state"),
      choices: TASK_STATES.map((value) => ({ value, label: t(`video_sms.taskState.${value}`) })),
    },
    { kind: "days", label: t("video_sms.created") },
  ];
  const { offset, limit, sort } = readList(params, ["name", "created_at"]);
  const from = readDay(params, "from");
  const to = readDay(params, "to");
  const list = useVideoTasks({
    offset,
    limit,
    sort,
    name: params.get("name") ?? undefined,
    tpl_name: params.get("template") ?? undefined,
    state: readChoices(params, "state", TASK_STATES)[0],
    begin: from === undefined ? undefined : startOfDay(from, zone),
    end: to === undefined ? undefined : startOfDay(to, zone, 1),
  });
  const made = list.data?.items.find((row) => row.task_id === params.get("new"));
  const send = may(session, "kooMessage:aimBasicSendTask:create") && (
    <Button type="primary" icon={<SendOutlined aria-hidden />} onClick={() => void navigate("/video-tasks/new")}>
      {t("video_sms.task.send")}
    </Button>
  );
  return (
    <Page title={t("video_sms.task.menu")} note={t("video_sms.task.note")} crumbs={[{ text: t("menuGroup.videoSms") }, { text: t("video_sms.task.menu") }]} actions={send}>
      {made !== undefined && <Alert type="success" showIcon title={t("video_sms.task.made", { name: made.name })} />}
      <Card>
        <FilterBar name="video-tasks" filters={filters} />
      </Card>
      <DataTable<VideoTask>
        name="video-tasks"
        columns={useColumns()}
        rowKey={(row) => row.task_id}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("video_sms.task.none"), note: t("video_sms.task.noneNote") }}
      />
    </Page>
  );
}
