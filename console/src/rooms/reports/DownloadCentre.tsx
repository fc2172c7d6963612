import { DownloadOutlined, ReloadOutlined } from "@ant-design/icons";
import { App, Button, Card, Progress } from "antd";
import { useTranslation } from "react-i18next";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { formatBytes } from "@/kit/files";
import { readChoices, readList, useFilters } from "@/kit/filters";
import { formatCount, formatTime, percentOf } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { useProblemText } from "@/kit/Trouble";
import { useSignedIn } from "@/rooms/identity/session";
import { ExportFilters } from "@/rooms/reports/ExportFilters";
import { type Export, fileUrl, isOpen, useExportActs, useExportKinds, useExports } from "@/rooms/reports/queries";
import { EXPORT_KINDS, EXPORT_STATES, EXPORT_TONES, FAILURES, knownKind } from "@/rooms/reports/words";

function State({ one }: { one: Export }) {
  const { t } = useTranslation();
  const failure = FAILURES.find((known) => `reports.${known}` === one.reason) ?? "export_crashed";
  return (
    <>
      <StateTag
        state={one.state}
        tone={EXPORT_TONES[one.state]}
        text={t(`reports.state.${one.state}`)}
        reason={one.state === "failed" ? t(`reports.failure.${failure}`) : null}
      />
      {one.state === "running" && one.rows_total !== null && (
        <Progress
          size="small"
          percent={percentOf(one.rows_done, one.rows_total)}
          aria-label={t("reports.downloads.progress")}
          style={{ marginBottom: 0 }}
        />
      )}
    </>
  );
}

function Actions({ one }: { one: Export }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { change } = useExportActs();
  const textOf = useProblemText();
  async function retry(): Promise<void> {
    try {
      await change(one.id, "retry");
      message.success(t("reports.export.ordered"));
    } catch (refused) {
      message.error(textOf(refused));
    }
  }
  if (one.state === "done") {
    return (
      <Button type="link" size="small" icon={<DownloadOutlined aria-hidden />} href={fileUrl(one)} download>
        {t("reports.downloads.download")}
      </Button>
    );
  }
  return isOpen(one) ? (
    <ConfirmAction
      type="link"
      size="small"
      isDanger
      text={t("reports.downloads.cancel")}
      ask={t("reports.downloads.cancelAsk")}
      consequence={t("reports.downloads.cancelNote")}
      done={t("reports.downloads.cancelled")}
      act={() => change(one.id, "cancel")}
    />
  ) : (
    <Button type="link" size="small" onClick={() => void retry()}>
      {t("reports.downloads.retry")}
    </Button>
  );
}

function useColumns(zone: string): DataColumn<Export>[] {
  const { t } = useTranslation();
  return [
    {
      key: "kind",
      title: t("reports.downloads.kind"),
      width: 220,
      isAlways: true,
      render: (one) => {
        const kind = knownKind(one.kind);
        return (
          <>
            {kind === undefined ? one.kind : t(`reports.kind.${kind}`)}
            {one.full_numbers && <span className="faint"> · {t("reports.downloads.full")}</span>}
            <ExportFilters of={one} />
          </>
        );
      },
    },
    { key: "state", title: t("reports.downloads.state"), width: 110, render: (one) => <State one={one} /> },
    {
      key: "rows",
      title: t("reports.downloads.rows"),
      width: 84,
      align: "right",
      render: (one) => (one.state === "waiting" ? (one.rows_total === null ? "–" : formatCount(one.rows_total)) : formatCount(one.rows_done)),
    },
    { key: "bytes", title: t("reports.downloads.bytes"), width: 96, align: "right", sort: "bytes", render: (one) => (one.bytes > 0 ? formatBytes(one.bytes) : "–") },
    { key: "who", title: t("reports.downloads.who"), width: 90, render: (one) => one.made_by },
    { key: "created", title: t("reports.downloads.created"), width: 164, sort: "created_at", render: (one) => <span className="nowrap">{formatTime(one.created_at, zone)}</span> },
    { key: "expires", title: t("reports.downloads.expires"), width: 164, render: (one) => <span className="nowrap">{formatTime(one.expires_at, zone)}</span> },
    { key: "actions", title: t("list.actions"), width: 108, isAlways: true, render: (one) => <Actions one={one} /> },
  ];
}

/** 下载中心: everything that is exported in the background. */
export function DownloadCentre() {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const [params] = useFilters();
  const { data: kinds } = useExportKinds();
  const filters: Filter[] = [
    {
      kind: "choices",
      name: "kind",
      label: t("reports.downloads.kind"),
      width: 220,
      choices: EXPORT_KINDS.filter((kind) => kinds?.items.includes(kind) === true || params.getAll("kind").includes(kind)).map((value) => ({
        value,
        label: t(`reports.kind.${value}`),
      })),
    },
    {
      kind: "choices",
      name: "state",
      label: t("reports.downloads.state"),
      choices: EXPORT_STATES.map((value) => ({ value, label: t(`reports.state.${value}`) })),
    },
    {
      kind: "choices",
      name: "whose",
      label: t("reports.downloads.whose"),
      isSingle: true,
      width: 130,
      choices: [{ value: "mine", label: t("reports.downloads.mine") }],
    },
  ];
  const { offset, limit, sort } = readList(params, ["created_at", "bytes"]);
  const list = useExports({
    kind: readChoices(params, "kind", EXPORT_KINDS),
    state: readChoices(params, "state", EXPORT_STATES),
    whose: params.get("whose") === "mine" ? "mine" : "all",
    sort,
    offset,
    limit,
  });
  return (
    <Page
      title={t("reports.downloads.title")}
      note={t("reports.downloads.note")}
      crumbs={[{ text: t("menuGroup.reports") }, { text: t("reports.downloads.menu") }]}
      actions={
        <Button icon={<ReloadOutlined aria-hidden spin={list.isFetching} />} onClick={() => void list.refetch()}>
          {t("list.refresh")}
        </Button>
      }
    >
      <Card>
        <FilterBar name="downloads" filters={filters} />
      </Card>
      <DataTable<Export>
        name="downloads"
        columns={useColumns(zone)}
        rowKey={(one) => one.id}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("reports.downloads.none"), note: t("reports.downloads.noneNote") }}
      />
    </Page>
  );
}
