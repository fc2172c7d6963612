import { Card, Empty, Skeleton, Steps, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { formatCount, formatShare, formatTime } from "@/kit/format";
import { Figures } from "@/kit/Figures";
import { Page } from "@/kit/Page";
import { Trouble } from "@/kit/Trouble";
import { startOfToday } from "@/kit/zones";
import { useLiveTasks } from "@/rooms/campaigns/progress";
import { type Overview as OverviewDocument, useOverview } from "@/rooms/campaigns/queries";
import type { SendTask } from "@/rooms/campaigns/sendTask";
import { TaskStateTag } from "@/rooms/campaigns/StateTag";
import { RowProgress } from "@/rooms/campaigns/TaskProgress";
import { mayList, useSignedIn } from "@/rooms/identity/session";
import { STEPS, stepsDone, useGuide } from "@/rooms/overview/guide";
import { useWeek, WEEK_TASKS, weekOf } from "@/rooms/overview/week";

const DAYS_BACK = -6;

function Guide({ tasks }: { tasks: number }) {
  const { t } = useTranslation();
  const guide = useGuide();
  const done = stepsDone({ ...guide, tasks });
  return (
    <Card title={t("overview.guide")} extra={<span className="faint">{t("overview.guideNote")}</span>}>
      {guide.isKnown ? (
        <Steps
          current={done}
          responsive
          items={STEPS.map((step) => ({
            key: step,
            title: t(`overview.step${step}`),
            content: t(`overview.step${step}Note`),
          }))}
        />
      ) : (
        <Skeleton active title={false} paragraph={{ rows: 2 }} />
      )}
    </Card>
  );
}

function WeekCard() {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const [now] = useState(() => new Date());
  const { data } = useWeek(startOfToday(now, zone, DAYS_BACK));
  if (data === undefined) {
    return (
      <Card title={t("overview.week")}>
        <Skeleton active title={false} paragraph={{ rows: 2 }} />
      </Card>
    );
  }
  const week = weekOf(data.items);
  return (
    <Card
      title={t("overview.week")}
      extra={data.total > WEEK_TASKS && <span className="faint">{t("overview.weekPartial", { limit: WEEK_TASKS })}</span>}
    >
      <Figures
        figures={[
          { key: "tasks", label: t("overview.weekTasks"), value: formatCount(data.total) },
          { key: "messages", label: t("overview.weekMessages"), value: formatCount(week.messages) },
          {
            key: "delivered",
            label: t("overview.weekDelivered"),
            value: formatShare(week.delivered, week.ended),
            aside: formatCount(week.delivered),
          },
          {
            key: "resolved",
            label: t("overview.weekResolved"),
            help: t("task.resolvedNote"),
            value: formatCount(week.resolved),
          },
        ]}
      />
    </Card>
  );
}

function TaskTable({ tasks, empty }: { tasks: SendTask[]; empty: string }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const columns: TableColumnsType<SendTask> = [
    {
      key: "name",
      title: t("task.name"),
      render: (_, task) => <Link to={`/send-tasks/${task.task_id}`}>{task.name}</Link>,
    },
    { key: "state", title: t("task.state"), width: 130, render: (_, task) => <TaskStateTag state={task.state} /> },
    { key: "progress", title: t("task.progress"), width: 260, render: (_, task) => <RowProgress task={task} /> },
    {
      key: "created",
      title: t("task.created"),
      width: 180,
      render: (_, task) => <span className="nowrap">{formatTime(task.created_at, zone)}</span>,
    },
  ];
  return (
    <Table<SendTask>
      rowKey="task_id"
      columns={columns}
      dataSource={tasks}
      pagination={false}
      scroll={{ x: 760 }}
      locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty} /> }}
    />
  );
}

function Tasks({ overview }: { overview: OverviewDocument }) {
  const { t } = useTranslation();
  useLiveTasks(overview.running);
  const flush = { body: { padding: 0 } };
  return (
    <>
      <Card title={t("overview.running")} styles={flush}>
        <TaskTable tasks={overview.running} empty={t("overview.runningNone")} />
      </Card>
      <Card title={t("overview.recent")} extra={<Link to="/send-tasks">{t("overview.more")}</Link>} styles={flush}>
        <TaskTable tasks={overview.recent} empty={t("overview.recentNone")} />
      </Card>
    </>
  );
}

function TenantOverview() {
  const { data, error, isPending, refetch } = useOverview(true);
  if (isPending) {
    return <Skeleton active paragraph={{ rows: 10 }} />;
  }
  if (data === undefined) {
    return <Trouble error={error} retry={() => void refetch()} />;
  }
  const tasks = Object.values(data.task_states).reduce((sum, count) => sum + count, 0);
  return (
    <>
      <Guide tasks={tasks} />
      <WeekCard />
      <Tasks overview={data} />
    </>
  );
}

/** 总览: the way to the first message, the last week, and what is going on. */
export function Overview() {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const hint = session.tenant === null ? t("overview.platformText") : t("overview.developerText");
  return (
    <Page title={t("overview.title")} note={t("overview.hello", { name: session.user.name })}>
      {mayList(session) ? (
        <TenantOverview />
      ) : (
        <Card>
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={hint} />
        </Card>
      )}
    </Page>
  );
}
