import { DownloadOutlined, ReloadOutlined } from "@ant-design/icons";
import { Alert, Button, Card, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { FilterBar, isFiltered } from "@/kit/FilterBar";
import { useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { clockOf } from "@/kit/zones";
import { CarrierCode } from "@/rooms/campaigns/CarrierCode";
import { useDetailFilters, useDetailQuery } from "@/rooms/campaigns/details/filters";
import { numberUrl, type SendDetail, useSendDetails } from "@/rooms/campaigns/details/queries";
import { MessageLife } from "@/rooms/campaigns/MessageLife";
import { PhoneNumber } from "@/rooms/campaigns/PhoneNumber";
import { MessageStateTag } from "@/rooms/campaigns/StateTag";
import { may, maySend, useSignedIn } from "@/rooms/identity/session";
import { ExportButton } from "@/rooms/reports/ExportButton";

const HOUR_MS = 3_600_000;

function useColumns(show: (row: SendDetail) => void): DataColumn<SendDetail>[] {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const time = (iso: string | null) => <span className="nowrap">{formatTime(iso, zone)}</span>;
  const words = (text: string) => (text === "" ? "–" : <span style={{ overflowWrap: "anywhere" }}>{text}</span>);
  return [
    {
      key: "phone",
      title: t("message.phone"),
      width: 150,
      isAlways: true,
      render: (row) => <PhoneNumber taskId={row.task_id} message={row} mayReveal={maySend(session)} />,
    },
    { key: "state", title: t("message.state"), width: 100, render: (row) => <MessageStateTag state={row.state} /> },
    {
      key: "code",
      title: t("message.code"),
      width: 132,
      render: ({ carrier_code: code, carrier_text: text }) => <CarrierCode code={code} text={text} />,
    },
    {
      key: "task",
      title: t("task.name"),
      width: 160,
      render: (row) => (
        <Link to={`/${row.is_video_task ? "video-tasks" : "send-tasks"}/${row.task_id}`} style={{ overflowWrap: "anywhere" }}>
          {row.task_name === "" ? row.task_id : row.task_name}
        </Link>
      ),
    },
    { key: "signature", title: t("task.signature"), width: 120, isHiddenAtFirst: true, render: (row) => words(row.signature_name) },
    { key: "card", title: t("campaigns.details.template"), width: 150, isHiddenAtFirst: true, render: (row) => words(row.card_template_name) },
    { key: "parts", title: t("message.parts"), width: 70, isHiddenAtFirst: true, render: (row) => row.parts },
    {
      key: "link",
      title: t("message.link"),
      width: 112,
      isHiddenAtFirst: true,
      render: ({ link_code: code, domain }) =>
        code === null ? (
          "–"
        ) : (
          // Not an anchor: following it would count as the recipient's tap.
          <Typography.Text className="mono nowrap" copyable={{ text: `${domain}/${code}` }} title={`${domain}/${code}`}>
            {code}
          </Typography.Text>
        ),
    },
    { key: "planned", title: t("campaigns.details.planned"), width: 168, render: (row) => time(row.planned_at) },
    { key: "submitted", title: t("message.submitted"), width: 168, isHiddenAtFirst: true, render: (row) => time(row.submitted_at) },
    { key: "final", title: t("message.final"), width: 168, render: (row) => time(row.final_at) },
    {
      key: "life",
      title: t("list.actions"),
      width: 96,
      isAlways: true,
      render: (row) => (
        <Button type="link" size="small" style={{ padding: 0 }} onClick={() => show(row)}>
          {t("campaigns.life.show")}
        </Button>
      ),
    },
  ];
}

/** What the list leaves out, and why. */
function Notices({ isRecent, isOpen, hasMore }: { isRecent: boolean; isOpen: boolean; hasMore: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      {isRecent && <Alert type="info" showIcon title={t("campaigns.details.recent")} />}
      {isOpen && <Alert type="info" showIcon title={t("campaigns.details.oneDay")} />}
      {hasMore && <Alert type="warning" showIcon title={t("campaigns.details.more")} />}
    </>
  );
}

/** 发送任务明细: the messages of all send tasks, the newest first. */
export function SendDetails() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const [params, change] = useFilters();
  const [shown, setShown] = useState<SendDetail | null>(null);
  const filters = useDetailFilters();
  const query = useDetailQuery();
  const list = useSendDetails(query);
  const columns = useColumns(setShown);
  const { phone, task_id, signature, card_template_id, state, begin, end } = query;
  const isAnytime = task_id !== undefined || phone !== undefined;
  const isRecent = begin === undefined && end === undefined && !isAnytime;
  const isOpen = (begin === undefined) !== (end === undefined) && !isAnytime;
  const lastHour = () => {
    const now = Date.now();
    change({ from: clockOf(new Date(now - HOUR_MS), zone), to: clockOf(new Date(now), zone) });
  };
  return (
    <Page
      title={t("campaigns.details.menu")}
      note={t("campaigns.details.note")}
      crumbs={[{ text: t("menuGroup.aimTasks") }, { text: t("campaigns.details.menu") }]}
      actions={
        <Button icon={<ReloadOutlined aria-hidden spin={list.isFetching} />} onClick={() => void list.refetch()}>
          {t("list.refresh")}
        </Button>
      }
    >
      <Card>
        <FilterBar name="send-details" filters={filters}>
          <Button type="link" size="small" onClick={lastHour}>
            {t("campaigns.details.lastHour")}
          </Button>
          <Button type="link" size="small" onClick={() => change({ from: "", to: "" })}>
            {t("campaigns.details.lastDay")}
          </Button>
        </FilterBar>
      </Card>
      <Notices isRecent={isRecent} isOpen={isOpen} hasMore={list.data?.has_more === true} />
      <DataTable<SendDetail>
        name="send-details"
        columns={columns}
        rowKey={(row) => String(row.message_id)}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("campaigns.details.none"), note: t("campaigns.details.noneNote") }}
        expand={(row) => <div className="sms-bubble">{row.text === "" ? t("campaigns.life.noText") : row.text}</div>}
        actions={
          phone === undefined ? (
            <ExportButton kind="send_details" filters={{ task_id, signature, card_template_id, state, begin, end }} hasNumbers />
          ) : (
            // What the download centre keeps names no numbers: the few messages of one come at once.
            may(session, "hongyan:message:export") && (
              <Button icon={<DownloadOutlined aria-hidden />} href={numberUrl(query)} download>
                {t("message.download")}
              </Button>
            )
          )
        }
      />
      <MessageLife taskId={shown?.task_id ?? ""} message={shown} close={() => setShown(null)} />
    </Page>
  );
}
