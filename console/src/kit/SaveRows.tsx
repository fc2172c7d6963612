import { DownloadOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { type ReactNode, useRef, useState } from "react";
import { createPortal, flushSync } from "react-dom";
import { useTranslation } from "react-i18next";

import { csvOf, saveText, textOf } from "@/kit/csv";
import { formatCount } from "@/kit/format";
import { useProblemText } from "@/kit/Trouble";

/** How many rows a file gets at most. */
export const MAX_ROWS = 10_000;
const PAGE = 100;

interface SaveRowsProps<T> {
  name: string;
  /** The columns as they are shown. */
  columns: readonly { key: string; title: string; render: (row: T, index: number) => ReactNode }[];
  rowKey: (row: T) => string;
  readPage: (page: { offset: number; limit: number }) => Promise<{ items: readonly T[]; total: number }>;
}

/** Save all rows of a list as a file: as its cells say them, numbers as masked as they are shown. */
export function SaveRows<T>({ name, columns, rowKey, readPage }: SaveRowsProps<T>) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [isBusy, setBusy] = useState(false);
  const [batch, setBatch] = useState<readonly T[]>([]);
  const body = useRef<HTMLTableSectionElement>(null);
  const said = columns.filter(({ key }) => key !== "actions");

  /** Draw rows out of sight, and read what their cells say. */
  function read(rows: readonly T[]): string[][] {
    flushSync(() => setBatch(rows));
    return [...(body.current?.rows ?? [])].map((row) => [...row.cells].map(textOf));
  }

  async function save(): Promise<void> {
    setBusy(true);
    try {
      const lines = [said.map(({ title }) => title)];
      const known = new Set<string>();
      let total = 1;
      for (let offset = 0; offset < Math.min(total, MAX_ROWS); offset += PAGE) {
        const page = await readPage({ offset, limit: PAGE });
        total = page.items.length === 0 ? 0 : page.total;
        // A row that moved to the next page while the file is made is in it once.
        const fresh = page.items.filter((row) => !known.has(rowKey(row)));
        fresh.forEach((row) => known.add(rowKey(row)));
        lines.push(...read(fresh));
      }
      saveText(`${name}.csv`, csvOf(lines), "text/csv");
      if (total > MAX_ROWS) {
        message.warning(t("kit.table.savedFirst", { max: formatCount(MAX_ROWS), total: formatCount(total) }));
      }
    } catch (error) {
      message.error(problemText(error));
    } finally {
      setBatch([]);
      setBusy(false);
    }
  }

  return (
    <>
      <Button icon={<DownloadOutlined aria-hidden />} loading={isBusy} onClick={() => void save()}>
        {t("kit.table.save")}
      </Button>
      {batch.length > 0 &&
        createPortal(
          <table hidden aria-hidden inert>
            <tbody ref={body}>
              {batch.map((row, index) => (
                <tr key={rowKey(row)}>
                  {said.map(({ key, render }) => (
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
