/** From the dialog of a rejection to what the back end takes, and its refusals back to the dialog's fields. */
import { Problem } from "@/client/problem";
import type { GivenReason } from "@/rooms/reviews/queries";

export interface Detail {
  field?: string;
  text?: string;
}

export interface Answers {
  codes?: string[];
  details?: Record<string, Detail | undefined>;
  text?: string;
}

const ROW = /^reasons\.(\d+)(?:\.(code|field|text))?$/;

/** Return the chosen reasons in the guide's order. */
export function reasonsOf({ codes = [], details = {} }: Answers, order: readonly string[]): GivenReason[] {
  return order
    .filter((code) => codes.includes(code))
    .map((code) => ({ code, field: details[code]?.field ?? "", text: details[code]?.text?.trim() ?? "" }));
}

/** Return a refusal whose field is the dialog's: rows of reasons are known there by their codes. */
export function placed(error: unknown, reasons: readonly GivenReason[]): unknown {
  if (!(error instanceof Problem) || error.field === undefined) {
    return error;
  }
  const row = ROW.exec(error.field);
  const code = row === null ? undefined : reasons[Number(row[1])]?.code;
  const field = code === undefined ? error.field : row?.[2] === undefined || row[2] === "code" ? "codes" : `details.${code}.${row[2]}`;
  return new Problem(error.status, error.code, error.message, field === "reason" || field === "question" ? "text" : field, error.requestId);
}
