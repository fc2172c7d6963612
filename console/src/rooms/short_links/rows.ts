/** Rows of links as people paste them: cells split by tabs, commas or both kinds of semicolons, a heading or none. */
import type { WantedResolveTask } from "@/rooms/short_links/queries";

export type WantedRow = WantedResolveTask["rows"][number];
export type Column = "cust_flag" | "custom_url" | "short_code" | `param:${string}`;

export const MAX_ROWS = 2_000;
const BOM = /^\uFEFF/;

export type RowFault = { row: number; fault: "cells" | "noFlag" | "noCode" | "badCode" | "twice" };

export interface Rows {
  rows: WantedRow[];
  /** What the first faulty row lacks; rows count from 1. */
  fault: RowFault | null;
}

/** Which columns a line has: the mark, the card's parameters, then where a tap leads or the chosen code. */
export function columnsOf(params: readonly string[], hasOwnCodes: boolean): Column[] {
  return ["cust_flag", ...params.map((name) => `param:${name}` as const), hasOwnCodes ? "short_code" : "custom_url"];
}

/** Split a line of CSV; quotes hold cells together. */
function cellsOf(line: string): string[] {
  const separator = line.includes("\t") ? "\t" : ",";
  const cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let i = 0; i < line.length; i += 1) {
    const at = line.charAt(i);
    if (isQuoted && at === '"' && line.charAt(i + 1) === '"') {
      cell += '"';
      i += 1;
    } else if (at === '"' && (isQuoted || cell === "")) {
      isQuoted = !isQuoted;
    } else if (!isQuoted && (at === separator || (separator === "," && at === "，"))) {
      cells.push(cell.trim());
      cell = "";
    } else {
      cell += at;
    }
  }
  cells.push(cell.trim());
  return cells;
}

/** Read a file's octets: as UTF-8 where they are it, else as the Chinese encoding in which Excel saves csv files. */
export function decodeRows(octets: ArrayBuffer | Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(octets);
  } catch {
    return new TextDecoder("gb18030").decode(octets);
  }
}

const CODE = /^[0-9A-Za-z]{3,10}$/;

function faultOf(cells: readonly string[], columns: readonly Column[], row: WantedRow): RowFault["fault"] | null {
  // Where a tap leads may be left out; everything else is needed.
  const least = columns.length - (columns.at(-1) === "custom_url" ? 1 : 0);
  if (cells.length < least || cells.length > columns.length) {
    return "cells";
  }
  if (row.cust_flag === "") {
    return "noFlag";
  }
  if (columns.includes("short_code") && !CODE.test(row.short_code)) {
    return row.short_code === "" ? "noCode" : "badCode";
  }
  return null;
}

/** Read what was pasted; a first line that begins with `heading` is left out. */
export function readRows(text: string, columns: readonly Column[], heading: string): Rows {
  const lines = text.replace(BOM, "").split(/\r?\n/).filter((line) => line.trim() !== "");
  const rows: WantedRow[] = [];
  const codes = new Set<string>();
  let fault: RowFault | null = null;
  for (const [index, line] of lines.entries()) {
    const cells = cellsOf(line);
    if (index === 0 && (cells[0] === heading || cells[0] === "cust_flag")) {
      continue;
    }
    const params: Record<string, string> = {};
    const row: WantedRow = { cust_flag: "", params, custom_url: "", short_code: "" };
    for (const [at, column] of columns.entries()) {
      const cell = cells[at] ?? "";
      if (column.startsWith("param:")) {
        params[column.slice("param:".length)] = cell;
      } else {
        row[column as "cust_flag" | "custom_url" | "short_code"] = cell;
      }
    }
    const code = row.short_code;
    const found = faultOf(cells, columns, row) ?? (code !== "" && codes.has(code) ? "twice" : null);
    codes.add(code);
    rows.push(row);
    fault ??= found === null ? null : { row: rows.length, fault: found };
  }
  return { rows, fault };
}

/** A file to fill in: a heading and one row of examples. */
export function sampleCsv(headings: readonly string[], examples: readonly string[]): string {
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `\uFEFF${headings.map(cell).join(",")}\r\n${examples.map(cell).join(",")}\r\n`;
}
