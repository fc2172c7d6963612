import { UploadOutlined } from "@ant-design/icons";
import { App, Button, Form, Input, Space, Table } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { saveText } from "@/kit/csv";
import { formatCount } from "@/kit/format";
import { useKeyboardScroll } from "@/kit/useKeyboardScroll";
import { type Column, decodeRows, MAX_ROWS, readRows, type RowFault, sampleCsv, type WantedRow } from "@/rooms/short_links/rows";

const SHOWN = 5;
const FILE_BYTES = 2 * 1024 * 1024;

function cellOf(row: WantedRow, column: Column): string {
  if (column.startsWith("param:")) {
    return row.params[column.slice("param:".length)] ?? "";
  }
  return row[column as "cust_flag" | "custom_url" | "short_code"];
}

function useColumnTitle(): (column: Column) => string {
  const { t } = useTranslation();
  return (column) => (column.startsWith("param:") ? column.slice("param:".length) : t(`short_links.column.${column as "cust_flag"}`));
}

/** How the rows were read: how many, the first ones, what is wrong. */
function RowsLook({ text, columns }: { text: string; columns: readonly Column[] }) {
  const { t } = useTranslation();
  const titleOf = useColumnTitle();
  const { rows } = readRows(text, columns, titleOf("cust_flag"));
  const around = useKeyboardScroll(rows.length > 0, t("kit.table.sideways"));
  if (rows.length === 0) {
    return null;
  }
  return (
    <div ref={around} data-rows={rows.length} style={{ marginBottom: 24 }}>
      <div style={{ marginBottom: 8 }}>{t("short_links.form.rowsRead", { count: rows.length })}</div>
      <Table<WantedRow & { no: number }>
        size="small"
        rowKey="no"
        pagination={false}
        scroll={{ x: 110 * columns.length }}
        dataSource={rows.slice(0, SHOWN).map((row, no) => ({ ...row, no }))}
        columns={columns.map((column) => ({ key: column, title: titleOf(column), render: (_, row) => cellOf(row, column) || "–" }))}
      />
    </div>
  );
}

interface RowsFieldProps {
  columns: readonly Column[];
  /** By parameter. */
  examples: Readonly<Record<string, string>>;
}

/** The rows of individual links: typed, pasted from a spreadsheet, or from a csv file. */
export function RowsField({ columns, examples }: RowsFieldProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const form = Form.useFormInstance<{ rows?: string }>();
  const text = Form.useWatch("rows", form) ?? "";
  const input = useRef<HTMLInputElement>(null);
  const titleOf = useColumnTitle();
  const heading = titleOf("cust_flag");
  const faultText = ({ row, fault }: RowFault) => t(`short_links.rowFault.${fault}`, { row, columns: columns.map(titleOf).join(" / ") });

  async function load(file: File): Promise<void> {
    if (file.size > FILE_BYTES) {
      message.error(t("short_links.form.fileTooLarge"));
      return;
    }
    form.setFieldsValue({ rows: decodeRows(await file.arrayBuffer()) });
    await form.validateFields(["rows"]).catch(() => undefined);
  }

  function sample(): void {
    const cells = columns.map((column) =>
      column.startsWith("param:") ? (examples[column.slice("param:".length)] ?? "") : t(`short_links.example.${column as "cust_flag"}`),
    );
    saveText("links.csv", sampleCsv(columns.map(titleOf), cells), "text/csv");
  }

  return (
    <>
      <Form.Item
        name="rows"
        label={t("short_links.form.rows")}
        validateTrigger={["onBlur", "onSubmit"]}
        extra={t("short_links.form.rowsHint", { columns: columns.map(titleOf).join(" , "), limit: formatCount(MAX_ROWS) })}
        rules={[
          {
            required: true,
            validator: (_, value: string | undefined) => {
              const { rows, fault } = readRows(value ?? "", columns, heading);
              if (rows.length === 0) {
                return Promise.reject(new Error(t("short_links.form.rowsMissing")));
              }
              if (rows.length > MAX_ROWS) {
                return Promise.reject(new Error(t("short_links.form.rowsTooMany", { limit: formatCount(MAX_ROWS) })));
              }
              return fault === null ? Promise.resolve() : Promise.reject(new Error(faultText(fault)));
            },
          },
        ]}
      >
        <Input.TextArea rows={8} className="mono" />
      </Form.Item>
      <Space wrap style={{ display: "flex", marginBottom: 16 }}>
        <input
          ref={input}
          type="file"
          accept=".csv,.txt,text/csv,text/plain"
          style={{ display: "none" }}
          aria-label={t("short_links.form.file")}
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = "";
            if (file !== undefined) {
              void load(file);
            }
          }}
        />
        <Button icon={<UploadOutlined aria-hidden />} onClick={() => input.current?.click()}>
          {t("short_links.form.file")}
        </Button>
        <Button type="link" onClick={sample}>
          {t("short_links.form.sample")}
        </Button>
      </Space>
      <RowsLook text={text} columns={columns} />
    </>
  );
}
