import { PlusOutlined, ReloadOutlined } from "@ant-design/icons";
import { Button, Card, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readDay, readList, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { startOfDay } from "@/kit/zones";
import { useLiveTasks } from "@/rooms/campaigns/progress";
import { useSendTasks } from "@/rooms/campaigns/queries";
import { type SendTask, TASK_STATES } from "@/rooms/campaigns/sendTask";
import { RowActions } from "@/rooms/campaigns/RowActions";
import { TaskStateTag } from "@/rooms/campaigns/StateTag";
import { RowProgress } from "@/rooms/campaigns/TaskProgress";
import { may, maySend, useSignedIn } from "@/rooms/identity/session";
import { ExportButton } from "@/rooms/reports/ExportButton";

const NAME_CHARS = 30;

function useTaskFilters(): Filter[] {
  const { t } = useTranslation();
  return [
    { kind: "text", name: "name", label: t("task.name"), placeholder: t("task.namePlaceholder"), maxLength: NAME_CHARS },
    {
      kind: "choices",
      name: "state",
      label: t("task.state"),
      choices: TASK_STATES.map((state) => ({ value: state, label: t(`taskState.${state}`) })),
    },
    { kind: "days", label: t("task.created") },
  ];
}

function useColumns(made: string | null): DataColumn<SendTask>[] {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const actions: DataColumn<SendTask> = {
    key: "actions",
    title: t("list.actions"),
    width: 164,
    isAlways: true,
    render: (task) => <RowActions task={task} />,
  };
  return [
    {
      key: "name",
      title: t("task.name"),
      width: 200,
      isAlways: true,
      sort: "name",
      render: (task) => (
        <>
          <Link to={`/send-tasks/${task.task_id}`}>{task.name}</Link>{" "}
          {task.is_trial && <Tag variant="filled">{t("task.trial")}</Tag>}
          {task.task_id === made && (
            <Tag color="blue" data-new>
              {t("campaigns.list.new")}
            </Tag>
          )}
        </>
      ),
    },
    { key: "state", title: t("task.state"), width: 100, render: (task) => <TaskStateTag state={task.state} /> },
    { key: "progress", title: t("task.progress"), width: 140, render: (task) => <RowProgress task={task} /> },
    { key: "signature", title: t("task.signature"), width: 120, render: (task) => task.signature_name },
    { key: "template", title: t("task.template"), width: 120, render: (task) => task.card_template_name },
    {
      key: "created",
      title: t("task.created"),
      width: 168,
      sort: "created_at",
      render: (task) => <span className="nowrap">{formatTime(task.created_at, zone)}</span>,
    },
    {
      key: "started",
      title: t("campaigns.list.started"),
      width: 172,
      isHiddenAtFirst: true,
      sort: "started_at",
      render: (task) => <span className="nowrap">{formatTime(task.started_at, zone)}</span>,
    },
    ...(maySend(session) ? [actions] : []),
  ];
}

/** 发送任务管理: all send tasks, the newest first, with live progress. */
export function SendTaskList() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const [params] = useFilters();
  const { offset, limit, sort } = readList(params, ["name", "created_at", "started_at"]);
  const from = readDay(params, "from");
  const to = readDay(params, "to");
  const state = readChoices(params, "state", TASK_STATES);
  const wanted = {
    name: params.get("name") ?? "",
    state,
    begin: from === undefined ? undefined : startOfDay(from, zone),
    end: to === undefined ? undefined : startOfDay(to, zone, 1),
  };
  const { data, error, isPending, isFetching, refetch } = useSendTasks({ ...wanted, sort, offset, limit });
  useLiveTasks();
  const columns = useColumns(params.get("new"));
  const filters = useTaskFilters();
  return (
    <Page
      title={t("task.listTitle")}
      note={t("task.listNote")}
      crumbs={[{ text: t("menuGroup.aimTasks") }, { text: t("menu.sendTasks") }]}
      actions={
        <>
          <Button icon={<ReloadOutlined aria-hidden spin={isFetching} />} onClick={() => void refetch()}>
            {t("list.refresh")}
          </Button>
          {may(session, "hongyan:numberFile:create") && (
            <Link to="/send-tasks/new">
              <Button type="primary" icon={<PlusOutlined aria-hidden />} tabIndex={-1}>
                {t("campaigns.send.title")}
              </Button>
            </Link>
          )}
        </>
      }
    >
      <Card>
        <FilterBar name="send-tasks" filters={filters} />
      </Card>
      <DataTable<SendTask>
        name="send-tasks"
        columns={columns}
        rowKey={(task) => task.task_id}
        list={{ data, error, isPending, refetch }}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("task.empty"), note: t("task.emptyNote") }}
        actions={<ExportButton kind="send_tasks" filters={wanted} />}
      />
    </Page>
  );
}
