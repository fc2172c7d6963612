/** What is filled in for links, and what the back end is asked for. */
import type { Uploaded } from "@/kit/useUploads";
import type { WantedResolveTask } from "@/rooms/short_links/queries";
import { columnsOf, readRows } from "@/rooms/short_links/rows";

export interface LinkValues {
  name: string;
  card_template_id: string;
  kind: "individual" | "group";
  domain: string;
  days: number;
  signatures: string[];
  /** Of a group, or of the rows that name none. */
  custom_url?: string;
  /** Of a group. */
  resolving_times?: number;
  short_code?: string;
  /** Of individual links: typed rows, or those of a file. */
  source?: "typed" | "file";
  /** One per line. */
  rows?: string;
  numbers?: Uploaded[];
}

export const MAX_DAYS = { individual: 7, group: 180 } as const;
export const MAX_TIMES = 10_000_000;
export const MAX_FILE_ROWS = 30_000;
export const FILE_TYPES = [".xlsx", ".csv", ".txt"];
export const FILE_BYTES = 40 * 1024 * 1024;
export const INITIAL: Partial<LinkValues> = { kind: "individual", days: 7, signatures: [], source: "typed" };
/** Where the server's names of fields stand in the form. */
export const RENAMED = { number_file_id: "numbers", file: "numbers" };

const FLAG_CHARS = 64;

interface Chosen {
  params: readonly string[];
  hasOwnCodes: boolean;
  heading: string;
}

/** Return the request of a filled-in form; the mark of a group's one link is the task's name. */
export function wantedOf(values: LinkValues, { params, hasOwnCodes, heading }: Chosen): WantedResolveTask {
  const isGroup = values.kind === "group";
  const ofFile = !isGroup && values.source === "file";
  const url = values.custom_url?.trim() ?? "";
  const code = values.short_code?.trim() ?? "";
  return {
    name: values.name,
    card_template_id: values.card_template_id,
    kind: values.kind,
    domain: values.domain,
    has_own_codes: hasOwnCodes,
    signatures: values.signatures,
    days: values.days,
    resolving_times: isGroup ? (values.resolving_times ?? 0) : 1,
    number_file_id: ofFile ? (values.numbers?.[0]?.id ?? null) : null,
    custom_url: ofFile && !hasOwnCodes ? url : "",
    rows: ofFile
      ? []
      : isGroup
        ? [{ cust_flag: values.name.trim().slice(0, FLAG_CHARS), params: {}, custom_url: hasOwnCodes ? "" : url, short_code: hasOwnCodes ? code : "" }]
        : readRows(values.rows ?? "", columnsOf(params, hasOwnCodes), heading).rows.map((row) =>
            // What is filled in for all goes to the rows that name no page of their own; chosen codes go without.
            hasOwnCodes || row.custom_url !== "" ? row : { ...row, custom_url: url },
          ),
  };
}
