import { Alert, Card } from "antd";
import { useTranslation } from "react-i18next";

import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, useFilters } from "@/kit/filters";
import { Page } from "@/kit/Page";
import { ExportButton } from "@/rooms/reports/ExportButton";
import { LinkTable } from "@/rooms/short_links/LinkTable";
import { useResolveDetails } from "@/rooms/short_links/queries";
import { LINK_STATUSES, NAME_CHARS, usePageAndDays } from "@/rooms/short_links/words";

const CARD_CHARS = 100;
const SIGN_CHARS = 18;
const URL_CHARS = 200;

/** 解析任务明细: what became of single links, of resolve tasks and of sends. */
export function ResolveDetails() {
  const { t } = useTranslation();
  const [params] = useFilters();
  const filters: Filter[] = [
    { kind: "text", name: "flag", label: t("short_links.flag") },
    { kind: "text", name: "url", label: t("short_links.link"), maxLength: URL_CHARS, width: 200 },
    { kind: "text", name: "task", label: t("short_links.task.name"), maxLength: NAME_CHARS },
    { kind: "text", name: "card", label: t("short_links.cardFilter"), maxLength: CARD_CHARS },
    { kind: "text", name: "sign", label: t("short_links.signs"), maxLength: SIGN_CHARS },
    {
      kind: "choices",
      name: "status",
      isSingle: true,
      width: 130,
      label: t("short_links.status"),
      choices: LINK_STATUSES.map((value) => ({ value, label: t(`short_links.statusName.${value}`) })),
    },
    { kind: "days", label: t("short_links.generated") },
  ];
  const asked = usePageAndDays();
  const flag = params.get("flag") ?? undefined;
  const wanted = {
    begin: asked.begin,
    end: asked.end,
    aim_url: params.get("url") ?? undefined,
    task_name: params.get("task") ?? undefined,
    card_template: params.get("card") ?? undefined,
    signature: params.get("sign") ?? undefined,
    status: readChoices(params, "status", LINK_STATUSES)[0],
  };
  const list = useResolveDetails({ ...asked, ...wanted, cust_flag: flag });
  const isRecent = asked.begin === undefined && asked.end === undefined;
  return (
    <Page
      title={t("short_links.detail.menu")}
      note={t("short_links.detail.note")}
      crumbs={[{ text: t("menuGroup.aimTasks") }, { text: t("short_links.detail.menu") }]}
    >
      <Card>
        <FilterBar name="resolve-details" filters={filters} />
      </Card>
      {isRecent && <Alert type="info" showIcon title={t("short_links.detail.recent")} />}
      <LinkTable
        list={list}
        hasTasks
        isFiltered={isFiltered(params, filters)}
        empty={t("short_links.detail.none")}
        // What the download centre keeps tells not whose a link is.
        actions={<ExportButton kind="resolve_details" filters={wanted} hasNumbers isOfOne={flag !== undefined} />}
      />
    </Page>
  );
}
