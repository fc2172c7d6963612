import { ReloadOutlined } from "@ant-design/icons";
import { Button, Card, Empty, Table, type TableColumnsType, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { PAGE_SIZES, readChoices, readDay, readPage, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { Trouble } from "@/kit/Trouble";
import { startOfDay } from "@/kit/zones";
import { useLiveTasks } from "@/rooms/campaigns/progress";
import { useSendTasks } from "@/rooms/campaigns/queries";
import { type SendTask, TASK_STATES } from "@/rooms/campaigns/sendTask";
import { TaskStateTag } from "@/rooms/campaigns/StateTag";
import { TaskFilters } from "@/rooms/campaigns/TaskFilters";
import { RowProgress } from "@/rooms/campaigns/TaskProgress";
import { useSignedIn } from "@/rooms/identity/session";

function useColumns(zone: string): TableColumnsType<SendTask> {
  const { t } = useTranslation();
  return [
    {
      key: "name",
      title: t("task.name"),
      width: 220,
      render: (_, task) => (
        <>
          <Link to={`/send-tasks/${task.task_id}`}>{task.name}</Link>{" "}
          {task.is_trial && <Tag variant="filled">{t("task.trial")}</Tag>}
        </>
      ),
    },
    { key: "state", title: t("task.state"), width: 110, render: (_, task) => <TaskStateTag state={task.state} /> },
    { key: "progress", title: t("task.progress"), width: 180, render: (_, task) => <RowProgress task={task} /> },
    { key: "signature", title: t("task.signature"), width: 130, dataIndex: "signature_name" },
    { key: "template", title: t("task.template"), width: 132, dataIndex: "card_template_name" },
    {
      key: "created",
      title: t("task.created"),
      width: 172,
      render: (_, task) => <span className="nowrap">{formatTime(task.created_at, zone)}</span>,
    },
  ];
}

/** 发送任务管理: all send tasks, the newest first, with live progress. */
export function SendTaskList() {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const [params, change] = useFilters();
  const { page, size } = readPage(params);
  const from = readDay(params, "from");
  const to = readDay(params, "to");
  const state = readChoices(params, "state", TASK_STATES);
  const { data, error, isPending, isFetching, refetch } = useSendTasks({
    name: params.get("name") ?? "",
    state,
    begin: from === undefined ? undefined : startOfDay(from, zone),
    end: to === undefined ? undefined : startOfDay(to, zone, 1),
    offset: (page - 1) * size,
    limit: size,
  });
  useLiveTasks(data?.items ?? []);
  const columns = useColumns(zone);
  const isFiltered = ["name", "state", "from", "to"].some((name) => params.has(name));
  const empty = isFiltered ? (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("list.empty")} />
  ) : (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("task.empty")}>
      <span className="faint">{t("task.emptyNote")}</span>
    </Empty>
  );
  return (
    <Page
      title={t("task.listTitle")}
      note={t("task.listNote")}
      crumbs={[{ text: t("menuGroup.aimTasks") }, { text: t("menu.sendTasks") }]}
      actions={
        <Button icon={<ReloadOutlined aria-hidden spin={isFetching} />} onClick={() => void refetch()}>
          {t("list.refresh")}
        </Button>
      }
    >
      <Card>
        <TaskFilters params={params} change={change} />
      </Card>
      <Card styles={{ body: { padding: 0 } }}>
        {error !== null && data === undefined ? (
          <Trouble error={error} retry={() => void refetch()} />
        ) : (
          <Table<SendTask>
            rowKey="task_id"
            columns={columns}
            dataSource={data?.items ?? []}
            loading={isPending}
            scroll={{ x: 1000 }}
            locale={{ emptyText: isPending ? <div style={{ height: 200 }} /> : empty }}
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
      </Card>
    </Page>
  );
}
