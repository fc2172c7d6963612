import { Typography } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import type { ListResult } from "@/kit/listResult";
import { formatCount, formatTime } from "@/kit/format";
import { StateTag } from "@/kit/StateTag";
import { useSignedIn } from "@/rooms/identity/session";
import type { LinkDetail } from "@/rooms/short_links/queries";
import { LINK_TONES } from "@/rooms/short_links/words";

interface LinkTableProps {
  list: ListResult<LinkDetail>;
  /** Say of which task each link is. */
  hasTasks: boolean;
  isFiltered: boolean;
  empty: string;
  /** Buttons above the table. */
  actions?: ReactNode;
}

/** Links with what became of them. */
export function LinkTable({ list, hasTasks, isFiltered, empty, actions }: LinkTableProps) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const time = (iso: string | null) => <span className="nowrap">{formatTime(iso, zone)}</span>;
  const columns: DataColumn<LinkDetail>[] = [
    { key: "flag", title: t("short_links.flag"), width: 130, isAlways: true, render: (link) => <span style={{ overflowWrap: "anywhere" }}>{link.cust_flag}</span> },
    {
      key: "link",
      title: t("short_links.link"),
      width: 190,
      render: ({ aim_url: url }) =>
        url === null ? (
          "–"
        ) : (
          <Typography.Text className="mono" copyable={{ text: `https://${url}` }}>
            {url}
          </Typography.Text>
        ),
    },
    {
      key: "status",
      title: t("short_links.status"),
      width: 100,
      render: ({ status }) => <StateTag state={status} tone={LINK_TONES[status]} text={t(`short_links.statusName.${status}`)} />,
    },
    {
      key: "code",
      title: t("short_links.code"),
      width: 180,
      render: ({ result_code: code, error }) => (
        <>
          <span className="mono">{code}</span>
          {error !== "" && <div className="faint" style={{ overflowWrap: "anywhere" }}>{error}</div>}
        </>
      ),
    },
    { key: "times", title: t("short_links.times"), width: 90, align: "right", isHiddenAtFirst: hasTasks, render: (link) => formatCount(link.resolved_times) },
    { key: "resolved", title: t("short_links.resolvedAt"), width: 172, render: (link) => time(link.resolved_at) },
    { key: "expires", title: t("short_links.expires"), width: 172, isHiddenAtFirst: hasTasks, render: (link) => time(link.expires_at) },
    { key: "created", title: t("short_links.generated"), width: 172, isHiddenAtFirst: !hasTasks, render: (link) => time(link.created_at) },
  ];
  if (hasTasks) {
    columns.splice(
      1,
      0,
      {
        key: "task",
        title: t("short_links.task.name"),
        width: 150,
        render: (link) => <Link to={`/${link.is_send ? "send-tasks" : "resolve-tasks"}/${link.task_id}`}>{link.task_name}</Link>,
      },
      { key: "card", title: t("short_links.card"), width: 160, isHiddenAtFirst: true, render: (link) => link.card_template_name },
    );
  }
  return (
    <DataTable<LinkDetail>
      name={hasTasks ? "resolve-details" : "resolve-task-links"}
      columns={columns}
      rowKey={(link) => link.link_id}
      list={list}
      isFiltered={isFiltered}
      empty={{ text: empty }}
      actions={actions}
    />
  );
}
