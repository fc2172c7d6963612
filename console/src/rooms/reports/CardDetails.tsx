import { Drawer, Empty, Skeleton, Table } from "antd";
import { useTranslation } from "react-i18next";

import type { DataColumn } from "@/kit/DataTable";
import { Trouble } from "@/kit/Trouble";
import { useCountColumns } from "@/rooms/reports/cardColumns";
import { CardTrend } from "@/rooms/reports/CardTrend";
import { type CardCounts, type CardQuery, useCardDetails } from "@/rooms/reports/queries";

const DRAWER_PX = 980;

interface Split extends CardCounts {
  key: string;
  name: string;
}

function SplitTable({ head, rows, pageSize }: { head: string; rows: readonly Split[]; pageSize: number }) {
  const counts = useCountColumns<Split>();
  const name: DataColumn<Split> = { key: "name", title: head, width: 116, render: (row) => <span className="nowrap">{row.name}</span> };
  const columns = [name, ...counts];
  return (
    <Table<Split>
      size="small"
      rowKey="key"
      columns={columns.map(({ key, title, width, align, render }) => ({
        key,
        title,
        width,
        align,
        render: (_: unknown, row: Split, index: number) => render(row, index),
      }))}
      dataSource={[...rows]}
      scroll={{ x: columns.reduce((sum, { width }) => sum + width, 0) }}
      pagination={rows.length > pageSize ? { pageSize, showSizeChanger: false } : false}
    />
  );
}

interface CardDetailsProps {
  /** The template whose days are shown; none closes the drawer. */
  tplId: string | undefined;
  query: CardQuery;
  close: () => void;
}

const PAGE = 31;

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
          <section>
            <h3>{t("reports.cards.byVendor")}</h3>
            <SplitTable
              head={t("reports.vendor")}
              rows={data.vendors.map((row) => ({ ...row, key: row.vendor, name: t(`reports.vendorName.${row.vendor}`) }))}
              pageSize={PAGE}
            />
          </section>
          <section>
            <h3>{t("reports.cards.byDay")}</h3>
            <SplitTable head={t("reports.day")} rows={data.days.map((row) => ({ ...row, key: row.day, name: row.day }))} pageSize={PAGE} />
          </section>
        </div>
      )}
    </Drawer>
  );
}
