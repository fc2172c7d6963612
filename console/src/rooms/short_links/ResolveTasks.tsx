import { DownloadOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Card, Space, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readSort, useFilters } from "@/kit/filters";
import { formatCount, formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { may, mayMakeLinks, useSignedIn } from "@/rooms/identity/session";
import { linksUrl, type ResolveTask, useResolveTasks } from "@/rooms/short_links/queries";
import { NAME_CHARS, usePageAndDays } from "@/rooms/short_links/words";

const CARD_CHARS = 100;
const SIGN_CHARS = 18;

function useColumns(): DataColumn<ResolveTask>[] {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const time = (iso: string | null) => <span className="nowrap">{formatTime(iso, zone)}</span>;
  return [
    { key: "name", title: t("short_links.task.name"), width: 150, isAlways: true, sort: "name", render: (task) => <Link to={`/resolve-tasks/${task.task_id}`}>{task.name}</Link> },
    { key: "card", title: t("short_links.card"), width: 140, render: (task) => task.card_template_name },
    { key: "kind", title: t("short_links.kind"), width: 90, render: (task) => t(`short_links.kindName.${task.kind}`) },
    {
      key: "link",
      title: t("short_links.link"),
      width: 190,
      render: ({ kind, first_url: url }) =>
        kind === "group" && url !== null ? (
          // Not an anchor: following it would count as a recipient's tap.
          <Typography.Text className="mono" copyable={{ text: `https://${url}` }}>
            {url}
          </Typography.Text>
        ) : (
          "–"
        ),
    },
    { key: "signs", title: t("short_links.signs"), width: 140, isHiddenAtFirst: true, render: (task) => task.signatures.join(" / ") },
    { key: "made", title: t("short_links.made"), width: 90, align: "right", render: ({ made, wanted }) => `${formatCount(made)} / ${formatCount(wanted)}` },
    {
      key: "resolved",
      title: t("short_links.resolved"),
      width: 120,
      align: "right",
      render: ({ kind, resolved, resolving_times: most, made }) => `${formatCount(resolved)} / ${formatCount(kind === "group" ? most : made)}`,
    },
    { key: "expires", title: t("short_links.expires"), width: 172, isHiddenAtFirst: true, render: (task) => time(task.expires_at) },
    { key: "by", title: t("short_links.by"), width: 130, isHiddenAtFirst: true, render: (task) => task.created_by },
    { key: "created", title: t("sms.created"), width: 172, sort: "created_at", render: (task) => time(task.created_at) },
    {
      key: "actions",
      title: t("list.actions"),
      width: 130,
      isAlways: true,
      render: (task) => (
        <Space size={12}>
          <Link to={`/resolve-tasks/${task.task_id}`}>{t("sms.details")}</Link>
          {may(session, "hongyan:message:export") && (
            <a href={linksUrl(task.task_id)} download>
              <DownloadOutlined aria-hidden /> {t("short_links.download")}
            </a>
          )}
        </Space>
      ),
    },
  ];
}

/** 解析任务管理: links that one sends oneself. */
export function ResolveTasks() {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const navigate = useNavigate();
  const [params] = useFilters();
  const filters: Filter[] = [
    { kind: "text", name: "name", label: t("short_links.task.name"), maxLength: NAME_CHARS },
    { kind: "text", name: "card", label: t("short_links.cardFilter"), maxLength: CARD_CHARS },
    { kind: "text", name: "sign", label: t("short_links.signs"), maxLength: SIGN_CHARS },
    { kind: "days", label: t("sms.created") },
  ];
  const list = useResolveTasks({
    ...usePageAndDays(),
    sort: readSort(params, ["created_at", "name"]),
    name: params.get("name") ?? undefined,
    card_template: params.get("card") ?? undefined,
    signature: params.get("sign") ?? undefined,
  });
  const add = mayMakeLinks(session) && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => void navigate("/resolve-tasks/new")}>
      {t("short_links.form.title")}
    </Button>
  );
  return (
    <Page
      title={t("short_links.task.menu")}
      note={t("short_links.task.note")}
      crumbs={[{ text: t("menuGroup.aimTasks") }, { text: t("short_links.task.menu") }]}
      actions={add}
    >
      <Card>
        <FilterBar name="resolve-tasks" filters={filters} />
      </Card>
      <DataTable<ResolveTask>
        name="resolve-tasks"
        columns={useColumns()}
        rowKey={(task) => task.task_id}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("short_links.task.none"), note: t("short_links.task.noneNote"), action: add }}
      />
    </Page>
  );
}
