import { Drawer, Empty, Skeleton } from "antd";
import { useTranslation } from "react-i18next";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { Trouble } from "@/kit/Trouble";
import { useWholeList } from "@/kit/wholeList";
import { COUNTS, useCountColumns } from "@/rooms/reports/cardColumns";
import { CardTrend } from "@/rooms/reports/CardTrend";
import { type CardCounts, type CardQuery, useCardDetails } from "@/rooms/reports/queries";

const DRAWER_PX = 980;

interface Split extends CardCounts {
  key: string;
  name: string;
}

/** Parameters of the URL that the tables of the details have before theirs. */
const PREFIXES = { vendors: "vendor_", days: "day_" } as const;

/** What closing the details takes out of the URL. */
export const CLOSED = Object.fromEntries(Object.values(PREFIXES).flatMap((prefix) => ["page", "size", "sort"].map((name) => [prefix + name, ""])));

function SplitTable({ of, title, head, rows }: { of: keyof typeof PREFIXES; title: string; head: string; rows: readonly Split[] }) {
  const counts = useCountColumns<Split>();
  const name: DataColumn<Split> = { key: "name", title: head, width: 116, isAlways: true, sort: "name", render: (row) => <span className="nowrap">{row.name}</span> };
  const prefix = PREFIXES[of];
  const whole = { data: { items: rows }, error: null, isPending: false, refetch: () => undefined };
  const sorts = Object.fromEntries(COUNTS.map((key) => [key, (row: Split) => row[key]]));
  const list = useWholeList(whole, { prefix, sorts: { ...sorts, name: (row) => row.name } });
  return (
    <DataTable<Split> name={`card-${of}`} prefix={prefix} size="small" title={title} columns={[name, ...counts]} rowKey={(row) => row.key} list={list} />
  );
}

interface CardDetailsProps {
  /** The template whose days are shown; none closes the drawer. */
  tplId: string | undefined;
  query: CardQuery;
  close: () => void;
}

/** One template by day (日报表) and by vendor. */
export function CardDetails({ tplId, query, close }: CardDetailsProps) {
  const { t } = useTranslation();
  const isReady = query.from !== undefined;
  const { data, error, refetch } = useCardDetails(isReady ? tplId : undefined, query);
  return (
    <Drawer
      open={tplId !== undefined}
      onClose={close}
      size={DRAWER_PX}
      destroyOnHidden
      title={t("reports.cards.detailsTitle", { name: data?.tpl_name ?? "", id: tplId ?? "" })}
    >
      {error !== null ? (
        <Trouble error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <Skeleton active paragraph={{ rows: 10 }} />
      ) : data.days.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("reports.cards.none")} />
      ) : (
        <div className="stack">
          <CardTrend days={data.days} first={query.from ?? ""} last={query.to ?? ""} />
          <SplitTable
            of="vendors"
            title={t("reports.cards.byVendor")}
            head={t("reports.vendor")}
            rows={data.vendors.map((row) => ({ ...row, key: row.vendor, name: t(`reports.vendorName.${row.vendor}`) }))}
          />
          <SplitTable of="days" title={t("reports.cards.byDay")} head={t("reports.day")} rows={data.days.map((row) => ({ ...row, key: row.day, name: row.day }))} />
        </div>
      )}
    </Drawer>
  );
}
