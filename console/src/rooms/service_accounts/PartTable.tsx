import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, isFiltered } from "@/kit/FilterBar";
import { readChoices, readDay, readList, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { StateTag } from "@/kit/StateTag";
import { startOfDay } from "@/kit/zones";
import { useSignedIn } from "@/rooms/identity/session";
import { ApprovalTag } from "@/rooms/service_accounts/ApprovalTag";
import { PartActions } from "@/rooms/service_accounts/PartActions";
import { type AccountPart, useMenus, usePortals } from "@/rooms/service_accounts/queries";
import { STATE_TONES, STATES } from "@/rooms/service_accounts/words";

/** The lists 菜单 and 主页. */
export function PartTable({ kind, filters }: { kind: "menus" | "portals"; filters: readonly Filter[] }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const [params] = useFilters();
  const from = readDay(params, "from");
  const to = readDay(params, "to");
  const query = {
    ...readList(params, ["name", "online_at"]),
    pub_name: params.get("name") ?? undefined,
    title: params.get("title") ?? undefined,
    state: readChoices(params, "state", STATES)[0],
    begin: from === undefined ? undefined : startOfDay(from, zone),
    end: to === undefined ? undefined : startOfDay(to, zone, 1),
  };
  const isMenu = kind === "menus";
  const menus = useMenus(query, isMenu);
  const portals = usePortals(query, !isMenu);
  const time = (iso: string | null) => <span className="nowrap">{formatTime(iso, zone)}</span>;
  const columns: DataColumn<AccountPart>[] = [
    {
      key: "content",
      title: t(isMenu ? "service_accounts.menu.name" : "service_accounts.portal.summary"),
      width: 240,
      isAlways: true,
      render: ({ menu, portal }) => (menu === null ? (portal?.summary ?? "") : (menu.menu_items ?? []).map((item) => item.name).join(" / ")),
    },
    {
      key: "pub",
      title: t("service_accounts.account.name"),
      width: 160,
      sort: "name",
      render: (row) => <Link to={`/service-accounts/${row.pub_id}`}>{row.pub_name}</Link>,
    },
    {
      key: "state",
      title: t("service_accounts.state"),
      width: 100,
      render: ({ state }) => <StateTag state={state} tone={STATE_TONES[state]} text={t(`service_accounts.stateName.${state}`)} />,
    },
    {
      key: "approval",
      title: t("service_accounts.approval"),
      width: 100,
      render: (row) => <ApprovalTag of={row} />,
    },
    { key: "online", title: t("service_accounts.online"), width: 172, sort: "online_at", render: (row) => time(row.online_at) },
    { key: "changed", title: t("service_accounts.changed"), width: 172, render: (row) => time(row.changed_at) },
    { key: "creator", title: t("service_accounts.creator"), width: 130, isHiddenAtFirst: true, render: (row) => row.creator },
    {
      key: "actions",
      title: t("list.actions"),
      width: 170,
      isAlways: true,
      render: (row) => (
        <>
          <Link to={`/service-accounts/${row.pub_id}`}>{t("service_accounts.details")}</Link> <PartActions part={row} type="link" />
        </>
      ),
    },
  ];
  return (
    <DataTable<AccountPart>
      name={`service-${kind}`}
      columns={columns}
      rowKey={(row) => row.part_id}
      list={isMenu ? menus : portals}
      isFiltered={isFiltered(params, filters)}
      empty={{ text: t("service_accounts.account.none"), note: t("service_accounts.account.noneNote") }}
    />
  );
}
