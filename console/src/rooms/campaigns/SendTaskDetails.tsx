import { CopyOutlined, DownloadOutlined } from "@ant-design/icons";
import { Alert, Button, Card, Skeleton, Tag, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";

import { useIsLive } from "@/client/live";
import { readChoices, useFilters } from "@/kit/filters";
import { formatCount, formatShare, formatTime } from "@/kit/format";
import { type Figure, Figures } from "@/kit/Figures";
import { Page } from "@/kit/Page";
import { Trouble } from "@/kit/Trouble";
import { Messages, useEarlyMessages } from "@/rooms/campaigns/Messages";
import { useLiveTask } from "@/rooms/campaigns/progress";
import { type RecipientKind, recipientsUrl, useSendTask } from "@/rooms/campaigns/queries";
import { isMoving, MESSAGE_STATES, recipientsOf, type SendTask } from "@/rooms/campaigns/sendTask";
import { useReasonText } from "@/rooms/campaigns/reasons";
import { TaskStateTag } from "@/rooms/campaigns/StateTag";
import { TaskActions } from "@/rooms/campaigns/TaskActions";
import { TaskContent } from "@/rooms/campaigns/TaskContent";
import { DetailedProgress } from "@/rooms/campaigns/TaskProgress";
import { maySend, useSignedIn } from "@/rooms/identity/session";

function useProgressFigures(task: SendTask, rate: number, zone: string): Figure[] {
  const { t } = useTranslation();
  const delivered = task.states.delivered ?? 0;
  const pace = rate > 0 ? t("task.rate", { rate: formatCount(Math.round(rate)) }) : undefined;
  return [
    { key: "recipients", label: t("task.recipients"), value: formatCount(recipientsOf(task)) },
    {
      key: "delivered",
      label: t("task.delivered"),
      value: formatCount(delivered),
      aside: formatShare(delivered, task.counts.submitted),
    },
    {
      key: "resolved",
      label: t("task.resolved"),
      help: t("task.resolvedNote"),
      value: formatCount(task.resolved),
      aside: formatShare(task.resolved, delivered),
    },
    {
      key: "time",
      label: t("task.duration"),
      value: <span style={{ fontSize: 14, fontWeight: 400 }}>{formatTime(task.started_at ?? task.send_at, zone)}</span>,
      note: task.finished_at === null ? pace : `→ ${formatTime(task.finished_at, zone)}`,
    },
  ];
}

function useParseFigures(task: SendTask): Figure[] {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const { counts } = task;
  const hasFile = task.number_file_id !== null && maySend(session);
  const download = (kind: RecipientKind, label: string, count: number) =>
    hasFile && count > 0 ? (
      <Tooltip title={label}>
        <Button
          type="text"
          size="small"
          icon={<DownloadOutlined aria-hidden />}
          href={recipientsUrl(task.task_id, kind)}
          download
          aria-label={label}
        />
      </Tooltip>
    ) : undefined;
  const imported = t("task.parseImportedNote", {
    rows: formatCount(counts.rows),
    duplicates: formatCount(counts.duplicates),
    optedOut: formatCount(counts.opted_out),
  });
  return [
    { key: "imported", label: t("task.parseImported"), value: formatCount(counts.imported), help: imported },
    { key: "invalid", label: t("task.parseInvalid"), value: formatCount(counts.invalid) },
    { key: "capable", label: t("task.parseCapable"), value: formatCount(counts.capable), aside: download("capable", t("task.downloadCapable"), counts.capable) },
    {
      key: "incapable",
      label: t("task.parseIncapable"),
      value: formatCount(counts.incapable),
      aside: download("incapable", t("task.downloadIncapable"), counts.incapable),
      note: t(`fallback.${task.fallback}`),
    },
    { key: "submitted", label: t("task.parseSubmitted"), value: formatCount(counts.submitted) },
  ];
}

function Details({ task }: { task: SendTask }) {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const navigate = useNavigate();
  const [params, change] = useFilters();
  const reason = useReasonText()(task.reason);
  const rate = useLiveTask(task.task_id);
  const isLive = useIsLive();
  const marks = (
    <>
      <TaskStateTag state={task.state} />
      {task.is_trial && (
        <Tooltip title={t("task.trialNote")}>
          <Tag>{t("task.trial")}</Tag>
        </Tooltip>
      )}
    </>
  );
  return (
    <Page
      title={task.name}
      marks={marks}
      crumbs={[
        { text: t("menuGroup.aimTasks") },
        { text: t("menu.sendTasks"), to: "/send-tasks" },
        { text: t("task.detailsTitle") },
      ]}
      actions={
        maySend(session) && (
          <>
            <TaskActions task={task} />
            {task.source === "hongyan" && (
              <Button icon={<CopyOutlined aria-hidden />} onClick={() => void navigate(`/send-tasks/new?copy=${task.task_id}`)}>
                {t("campaigns.copy")}
              </Button>
            )}
          </>
        )
      }
    >
      {reason !== undefined && <Alert type="warning" showIcon title={t("task.reason", { reason })} />}
      <Card title={t("task.progress")} extra={isLive && isMoving(task) && <span className="live-dot">{t("task.live")}</span>}>
        <div className="stack">
          <Figures figures={useProgressFigures(task, rate, zone)} />
          <DetailedProgress
            task={task}
            chosen={readChoices(params, "state", MESSAGE_STATES)}
            choose={(state) => change({ state })}
          />
        </div>
      </Card>
      <Card title={t("task.parse")}>
        <Figures figures={useParseFigures(task)} />
      </Card>
      <TaskContent task={task} zone={zone} />
      <Messages task={task} params={params} change={change} />
    </Page>
  );
}

/** 发送任务明细: one task's progress, numbers, content and messages. */
export function SendTaskDetails() {
  const { taskId = "" } = useParams();
  const { data: task, error, isPending, refetch } = useSendTask(taskId);
  useEarlyMessages(taskId);
  if (isPending) {
    return <Skeleton active paragraph={{ rows: 12 }} />;
  }
  if (task === undefined) {
    return <Trouble error={error} retry={() => void refetch()} />;
  }
  return <Details key={task.task_id} task={task} />;
}
