import { DownloadOutlined, SettingOutlined } from "@ant-design/icons";
import { Button, Card, Checkbox, Empty, Popover, Skeleton, Table, type TableColumnsType } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useHiddenColumns } from "@/kit/columnChoice";
import { PAGE_SIZES, readPage, readSort, useFilters } from "@/kit/filters";
import { formatCount } from "@/kit/format";
import { COUNTED_ROWS, type ListResult } from "@/kit/listResult";
import { SaveRows } from "@/kit/SaveRows";
import { Trouble } from "@/kit/Trouble";
import { useKeyboardScroll } from "@/kit/useKeyboardScroll";

export interface DataColumn<T> {
  key: string;
  title: string;
  /** In pixels; the table scrolls sideways when the page is narrower than all of them. */
  width: number;
  render: (row: T, index: number) => ReactNode;
  /** By which field the back end sorts: the header becomes a button. */
  sort?: string;
  align?: "left" | "right" | "center";
  /** Cannot be hidden. */
  isAlways?: boolean;
  /** Hidden until somebody chooses it. */
  isHiddenAtFirst?: boolean;
}

interface Selection<T> {
  keys: readonly string[];
  onChange: (keys: string[], rows: T[]) => void;
  isSelectable?: (row: T) => boolean;
}

interface DataTableProps<T> {
  /** Under which the choice of columns is remembered. */
  name: string;
  columns: readonly DataColumn<T>[];
  rowKey: (row: T) => string;
  list: ListResult<T>;
  /** Something is asked for: an empty list says so instead of {@link empty}. */
  isFiltered?: boolean;
  /** What is shown where nothing has ever been: what this is and how to begin. */
  empty?: { text: string; note?: ReactNode; action?: ReactNode };
  title?: ReactNode;
  /** Buttons above the table. */
  actions?: ReactNode;
  /** Where the browser fetches the list as a file, of as many rows as there are. */
  exportUrl?: string;
  /** Before the parameters of page, size and sort, such as `log_`, where a page has two lists. */
  prefix?: string;
  size?: "middle" | "small";
  expand?: (row: T) => ReactNode;
  selection?: Selection<T>;
  /** Filters that belong to this table alone, above it. */
  children?: ReactNode;
}

const SKELETON_ROWS = 8;

function ColumnChoice<T>({ columns, hidden, choose }: { columns: readonly DataColumn<T>[]; hidden: readonly string[]; choose: (hidden: string[]) => void }) {
  const { t } = useTranslation();
  const shown = columns.filter(({ key }) => !hidden.includes(key)).map(({ key }) => key);
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      content={
        <Checkbox.Group
          value={shown}
          options={columns.map(({ key, title, isAlways }) => ({ value: key, label: title, disabled: isAlways === true }))}
          onChange={(next) => choose(columns.map(({ key }) => key).filter((key) => !next.includes(key)))}
          style={{ display: "flex", flexDirection: "column", gap: 8 }}
        />
      }
    >
      <Button icon={<SettingOutlined aria-hidden />} aria-label={t("kit.table.columns")} title={t("kit.table.columns")} />
    </Popover>
  );
}

/** A list of the back end: page, size and sort live in the URL; loading, trouble and emptiness show as such. */
export function DataTable<T extends object>(props: DataTableProps<T>) {
  const { name, columns, rowKey, list, isFiltered = false, empty, title, actions, exportUrl, prefix = "", expand, selection, children } = props;
  const { t } = useTranslation();
  const [params, change] = useFilters();
  const { page, size } = readPage(params, prefix);
  const sort = readSort(params, columns.flatMap((column) => column.sort ?? []), prefix);
  const [hidden, choose] = useHiddenColumns(name, columns.filter((column) => column.isHiddenAtFirst).map(({ key }) => key));
  const shown = columns.filter((column) => column.isAlways === true || !hidden.includes(column.key));
  const width = shown.reduce((sum, column) => sum + column.width, 0);
  const orderOf = (field: string) => (sort === field ? "ascend" : sort === `-${field}` ? "descend" : null);
  const tableColumns: TableColumnsType<T> = shown.map(({ key, title: head, width: px, render, sort: field, align }) => ({
    key,
    title: head,
    width: px,
    align,
    render: (_: unknown, row: T, index: number) => render(row, index),
    ...(field === undefined ? {} : { sorter: true, sortOrder: orderOf(field) }),
  }));
  const { data, error, isPending, refetch, readPage: readRows } = list;
  const around = useKeyboardScroll(data !== undefined || (error === null && !isPending), t("kit.table.sideways"));
  const nothing = isFiltered ? (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("list.empty")} />
  ) : (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty?.text ?? t("kit.table.never")}>
      {empty?.note !== undefined && <div className="faint">{empty.note}</div>}
      {empty?.action !== undefined && <div style={{ marginTop: 16 }}>{empty.action}</div>}
    </Empty>
  );
  const body =
    error !== null && data === undefined ? (
      <Trouble error={error} retry={() => void refetch()} />
    ) : isPending && data === undefined ? (
      <div style={{ padding: 16 }} aria-busy="true" aria-label={t("kit.loading")} role="status">
        <Skeleton active title={false} paragraph={{ rows: SKELETON_ROWS, width: "100%" }} />
      </div>
    ) : (
      <Table<T>
        rowKey={rowKey}
        size={props.size ?? "middle"}
        columns={tableColumns}
        dataSource={[...(data?.items ?? [])]}
        scroll={{ x: width }}
        locale={{ emptyText: nothing }}
        expandable={expand === undefined ? undefined : { expandedRowRender: expand }}
        rowSelection={
          selection && {
            selectedRowKeys: [...selection.keys],
            preserveSelectedRowKeys: true,
            onChange: (keys, rows) => selection.onChange(keys.map(String), rows),
            getCheckboxProps: (row) => ({ disabled: selection.isSelectable?.(row) === false }),
          }
        }
        pagination={{
          current: page,
          pageSize: size,
          total: data?.total ?? 0,
          pageSizeOptions: PAGE_SIZES,
          showSizeChanger: true,
          showTotal: (total) => (total === COUNTED_ROWS ? t("kit.table.more", { rows: formatCount(total - 1) }) : t("list.total", { total })),
          style: { paddingInline: 16 },
        }}
        onChange={(next, _filters, sorter, { action }) => {
          if (action === "sort") {
            const chosen = Array.isArray(sorter) ? sorter[0] : sorter;
            const field = columns.find(({ key }) => key === chosen?.columnKey)?.sort;
            const asked = { ascend: field, descend: `-${field ?? ""}` };
            // Another list of the page stays where it is.
            change({ [`${prefix}sort`]: chosen?.order == null || field === undefined ? "" : asked[chosen.order], [`${prefix}page`]: "" });
          } else if (next.current !== page || next.pageSize !== size) {
            change({ [`${prefix}page`]: next.pageSize === size ? String(next.current ?? 1) : "1", [`${prefix}size`]: String(next.pageSize ?? size) });
          }
        }}
      />
    );
  return (
    <Card ref={around} styles={{ body: { padding: 0 } }} data-table={name}>
      <div className="table-head">
        {title !== undefined && <h2>{title}</h2>}
        <div className="table-actions">
          {actions}
          {exportUrl !== undefined && (
            <Button icon={<DownloadOutlined aria-hidden />} href={exportUrl} download>
              {t("kit.table.export")}
            </Button>
          )}
          {exportUrl === undefined && readRows !== undefined && data !== undefined && data.total > 0 && (
            <SaveRows<T> name={name} columns={shown} rowKey={rowKey} readPage={readRows} />
          )}
          <ColumnChoice columns={columns} hidden={hidden} choose={choose} />
        </div>
      </div>
      {children !== undefined && <div style={{ padding: "0 16px 16px" }}>{children}</div>}
      {body}
    </Card>
  );
}
