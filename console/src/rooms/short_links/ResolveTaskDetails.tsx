import { DownloadOutlined } from "@ant-design/icons";
import { Alert, Button, Card, Descriptions, Skeleton, Tag, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";

import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readList, useFilters } from "@/kit/filters";
import { formatCount, formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { Trouble } from "@/kit/Trouble";
import { may, useSignedIn } from "@/rooms/identity/session";
import { ExportButton } from "@/rooms/reports/ExportButton";
import { LinkTable } from "@/rooms/short_links/LinkTable";
import { linksUrl, type ResolveTask, useResolveDetails, useResolveTask } from "@/rooms/short_links/queries";
import { LINK_STATUSES } from "@/rooms/short_links/words";

function Facts({ task }: { task: ResolveTask }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const most = task.kind === "group" ? task.resolving_times : task.made;
  const rows = [
    ["card", t("short_links.card"), `${task.card_template_name} (${task.card_template_id})`],
    ["kind", t("short_links.kind"), t(`short_links.kindName.${task.kind}`)],
    ["domain", t("short_links.domain.name"), task.domain],
    ["signs", t("short_links.signs"), task.signatures.map((sign) => `【${sign}】`).join(" ")],
    ["made", t("short_links.made"), `${formatCount(task.made)} / ${formatCount(task.wanted)}`],
    ["resolved", t("short_links.resolved"), `${formatCount(task.resolved)} / ${formatCount(most)}`],
    ["days", t("short_links.days"), t("short_links.daysValue", { days: task.days })],
    ["expires", t("short_links.expires"), formatTime(task.expires_at, zone)],
    ["created", t("sms.created"), formatTime(task.created_at, zone)],
    ["by", t("short_links.by"), task.created_by],
    ["id", t("short_links.taskId"), <Typography.Text key="id" className="mono" copyable>{task.task_id}</Typography.Text>],
  ] as const;
  return (
    <Card>
      <Descriptions column={{ xs: 1, lg: 2 }} size="small" items={rows.map(([key, label, children]) => ({ key, label, children }))} />
      {task.kind === "group" && task.first_url !== null && (
        <Typography.Paragraph className="mono" copyable={{ text: `https://${task.first_url}` }} style={{ margin: "12px 0 0", fontSize: 16 }} data-group-link>
          {`https://${task.first_url}`}
        </Typography.Paragraph>
      )}
    </Card>
  );
}

/** One resolve task: its links, and what to do with them. */
export function ResolveTaskDetails() {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const { taskId = "" } = useParams();
  const [params] = useFilters();
  const { data: task, error, isPending, refetch } = useResolveTask(taskId);
  const filters: Filter[] = [
    { kind: "text", name: "flag", label: t("short_links.flag") },
    {
      kind: "choices",
      name: "status",
      isSingle: true,
      width: 130,
      label: t("short_links.status"),
      choices: LINK_STATUSES.map((value) => ({ value, label: t(`short_links.statusName.${value}`) })),
    },
  ];
  const { offset, limit } = readList(params);
  const flag = params.get("flag") ?? undefined;
  const wanted = { task_id: taskId, status: readChoices(params, "status", LINK_STATUSES)[0] };
  const list = useResolveDetails({ ...wanted, offset, limit, cust_flag: flag });
  const crumbs = [{ text: t("menuGroup.aimTasks") }, { text: t("short_links.task.menu"), to: "/resolve-tasks" }, { text: t("sms.details") }];
  if (task === undefined) {
    return (
      <Page title={t("sms.details")} crumbs={crumbs}>
        <Card>{isPending ? <Skeleton active /> : <Trouble error={error} retry={() => void refetch()} />}</Card>
      </Page>
    );
  }
  const failed = task.wanted - task.made;
  return (
    <Page
      title={task.name}
      marks={<Tag>{t(`short_links.kindName.${task.kind}`)}</Tag>}
      note={t("short_links.use")}
      crumbs={crumbs}
      actions={
        may(session, "hongyan:message:export") && (
          <Button type="primary" icon={<DownloadOutlined aria-hidden />} href={linksUrl(taskId)} download>
            {t("short_links.downloadAll")}
          </Button>
        )
      }
    >
      {failed > 0 && <Alert type="warning" showIcon title={t("short_links.someFailed", { count: failed })} data-failed={failed} />}
      <Facts task={task} />
      <Card>
        <FilterBar name="resolve-links" filters={filters} />
      </Card>
      <LinkTable
        list={list}
        hasTasks={false}
        isFiltered={isFiltered(params, filters)}
        empty={t("short_links.detail.none")}
        actions={<ExportButton kind="resolve_details" filters={wanted} hasNumbers isOfOne={flag !== undefined} />}
      />
    </Page>
  );
}
