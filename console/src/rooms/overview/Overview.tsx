import { Card, Empty, Skeleton, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { Trouble } from "@/kit/Trouble";
import { useKeyboardScroll } from "@/kit/useKeyboardScroll";
import { useLiveTasks } from "@/rooms/campaigns/progress";
import { type Overview as OverviewDocument, useOverview } from "@/rooms/campaigns/queries";
import type { SendTask } from "@/rooms/campaigns/sendTask";
import { TaskStateTag } from "@/rooms/campaigns/StateTag";
import { RowProgress } from "@/rooms/campaigns/TaskProgress";
import { mayList, useSignedIn } from "@/rooms/identity/session";
import { GuideCard } from "@/rooms/overview/GuideCard";
import { Notices } from "@/rooms/overview/Notices";
import { PlatformOverview } from "@/rooms/overview/PlatformOverview";
import { WeekCard } from "@/rooms/overview/WeekCard";

function TaskTable({ tasks, empty }: { tasks: SendTask[]; empty: string }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const around = useKeyboardScroll(true, t("kit.table.sideways"));
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
    <div ref={around}>
      <Table<SendTask>
        rowKey="task_id"
        columns={columns}
        dataSource={tasks}
        pagination={false}
        scroll={{ x: 760 }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty} /> }}
      />
    </div>
  );
}

function Tasks({ overview }: { overview: OverviewDocument }) {
  const { t } = useTranslation();
  useLiveTasks();
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
  return (
    <>
      <GuideCard guides={data.guides} />
      <div className="overview-columns">
        <WeekCard days={data.week} />
        <Notices notices={data.notices} />
      </div>
      <Tasks overview={data} />
    </>
  );
}

/** 总览: the way to the first message, the last week, and what is going on. */
export function Overview() {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  return (
    <Page title={t("overview.title")} note={t("overview.hello", { name: session.user.name })}>
      {mayList(session) ? (
        <TenantOverview />
      ) : session.tenant === null ? (
        <PlatformOverview />
      ) : (
        <Card>
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("overview.developerText")} />
        </Card>
      )}
    </Page>
  );
}
