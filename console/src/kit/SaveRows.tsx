import { DownloadOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { createPortal, flushSync } from "react-dom";
import { useTranslation } from "react-i18next";

import { api, bodyOf } from "@/client/api";
import { csvOf, saveText, textOf } from "@/kit/csv";
import { formatCount } from "@/kit/format";
import { COUNTED_ROWS } from "@/kit/listResult";
import { useProblemText } from "@/kit/Trouble";

/** How many rows a file gets at most. */
export const MAX_ROWS = 10_000;
const PAGE = 100;

interface SavedColumn<T> {
  key: string;
  title: string;
  render: (row: T, index: number) => ReactNode;
}

interface SaveRowsProps<T> {
  name: string;
  /** The columns as they are shown. */
  columns: readonly SavedColumn<T>[];
  rowKey: (row: T) => string;
  readPage: (page: { offset: number; limit: number }) => Promise<{ items: readonly T[]; total: number }>;
}

/** Save all rows of a list as a file: as its cells say them, numbers as masked as they are shown. */
export function SaveRows<T>({ name, columns, rowKey, readPage }: SaveRowsProps<T>) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [isBusy, setBusy] = useState(false);
  const [batch, setBatch] = useState<{ rows: readonly T[]; said: readonly SavedColumn<T>[] } | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);

  /** Draw rows out of sight, and read what their cells say. */
  function read(rows: readonly T[], said: readonly SavedColumn<T>[]): string[][] {
    flushSync(() => setBatch({ rows, said }));
    return [...(body.current?.rows ?? [])].map((row) => [...row.cells].map(textOf));
  }

  async function save(): Promise<void> {
    setBusy(true);
    // Columns that are hidden or shown meanwhile leave the file as it began.
    const said = columns.filter(({ key }) => key !== "actions");
    try {
      const lines = [said.map(({ title }) => title)];
      const known = new Set<string>();
      let total = 1;
      for (let offset = 0; offset < Math.min(total, MAX_ROWS); offset += PAGE) {
        const page = await readPage({ offset, limit: PAGE });
        if (!isHere.current) {
          // Nobody waits for the file any more, and nothing draws its rows: half of it is worth nothing.
          return;
        }
        total = page.items.length === 0 ? 0 : page.total;
        // A row that moved to the next page while the file is made is in it once.
        const fresh = page.items.filter((row) => !known.has(rowKey(row)));
        fresh.forEach((row) => known.add(rowKey(row)));
        lines.push(...read(fresh, said));
      }
      // What is not in the audit log leaves no file.
      const saved = { list_name: name, page: location.pathname, rows: known.size };
      await bodyOf(api.POST("/console/api/audit/saved-lists", { body: saved }));
      saveText(`${name}.csv`, csvOf(lines), "text/csv");
      if (total > MAX_ROWS) {
        const max = formatCount(MAX_ROWS);
        message.warning(total === COUNTED_ROWS ? t("kit.table.savedFirstOfMore", { max }) : t("kit.table.savedFirst", { max, total: formatCount(total) }));
      }
    } catch (error) {
      if (isHere.current) {
        message.error(problemText(error));
      }
    } finally {
      setBatch(null);
      setBusy(false);
    }
  }

  return (
    <>
      <Button icon={<DownloadOutlined aria-hidden />} loading={isBusy} onClick={() => void save()}>
        {t("kit.table.save")}
      </Button>
      {batch !== null &&
        createPortal(
          <table hidden aria-hidden inert>
            <tbody ref={body}>
              {batch.rows.map((row, index) => (
                <tr key={rowKey(row)}>
                  {batch.said.map(({ key, render }) => (
                    <td key={key}>{render(row, index)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>,
          document.body,
        )}
    </>
  );
}
