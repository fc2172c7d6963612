/** What the send form holds, and what follows from it. */
import type { Dayjs } from "dayjs";

import type { components } from "@/client/schema";
import type { Uploaded } from "@/kit/useUploads";
import { pickedMoment } from "@/kit/zones";

type Schemas = components["schemas"];
export type Fallback = Schemas["Fallback"];
export type Parse = Schemas["ParseDocument"];
export type ParsedRow = Schemas["ParsedRowDocument"];
export type Content = Schemas["ContentDocument"];
export type CardChoice = Schemas["CardChoiceDocument"];
export type Sendable = Schemas["SendableView"];
export type NumberFile = Schemas["UploadedNumbersDocument"];
export type WantedTask = Schemas["WantedTask"];
export type Vendor = Schemas["Vendor"];

export const FORM = "send";
export const NAME_CHARS = 30;
export const MAX_DAYS = 7;
export const MAX_TEST = 5;
export const FILE_TYPES = [".xlsx", ".csv", ".txt"] as const;
export const FILE_BYTES = 40 * 1024 * 1024;
export const CARRIERS = ["mobile", "unicom", "telecom", "other"] as const;
export const FALLBACKS = ["none", "sms", "basic"] as const satisfies readonly Fallback[];

export interface SendValues {
  card_template_id?: string;
  domain?: string;
  /** 7天 or 自定义. */
  validity: "week" | "own";
  validity_days: number;
  name: string;
  app_id?: string;
  signature_id?: string;
  sms_template_id?: string;
  jump_url?: string;
  when: "now" | "later";
  /** As clocks of the account's zone show it. */
  send_at?: Dayjs | null;
  is_trial: boolean;
  source: "typed" | "file";
  typed?: string;
  /** The uploaded number file, once. */
  numbers?: Uploaded[];
  fallback: Fallback;
  basic_template_id?: string;
}

export const INITIAL: SendValues = {
  validity: "week",
  validity_days: MAX_DAYS,
  name: "",
  when: "now",
  is_trial: false,
  source: "typed",
  fallback: "none",
};

/** Cards of a picker with the chosen one among them: it may stand beyond the first ones that are listed. */
export function withChosen(cards: readonly CardChoice[], chosen: CardChoice | undefined, isPublic: boolean): readonly CardChoice[] {
  const isAbsent = chosen?.is_public === isPublic && cards.every(({ tpl_id: id }) => id !== chosen.tpl_id);
  return isAbsent ? [chosen, ...cards] : cards;
}

/** What numbers are looked at for: when it changes, they have to be looked at again. */
export interface Question {
  card_template_id: string;
  sms_template_id: string;
  domain?: string;
  number_file_id?: string;
  typed?: string;
}

/** Return what is to be looked at, or the field that is still missing. */
export function questionOf(values: Partial<SendValues>): Question | keyof SendValues {
  const { card_template_id, sms_template_id, domain, source, typed = "", numbers = [] } = values;
  if (card_template_id === undefined) {
    return "card_template_id";
  }
  if (sms_template_id === undefined) {
    return "sms_template_id";
  }
  const chosen = { card_template_id, sms_template_id, domain };
  if (source === "file") {
    const file = numbers[0];
    return file === undefined ? "numbers" : { ...chosen, number_file_id: file.id };
  }
  return typed.trim() === "" ? "typed" : { ...chosen, typed };
}

/** Are both the same question? */
export function isSame(one: Question | undefined, other: Question | keyof SendValues): boolean {
  return one !== undefined && typeof other !== "string" && JSON.stringify(one) === JSON.stringify(other);
}

/** How many numbers get anything: 提交发送信息号码数. */
export function submittedOf(parse: Parse, fallback: Fallback): number {
  return parse.counts.capable + (fallback === "none" ? 0 : parse.counts.incapable);
}

/** SMS parts by carrier for a choice of fallback; video messages are no SMS. */
export function partsOf(parse: Parse, fallback: Fallback, hasVideo: boolean): Record<string, number> {
  const kinds = ["capable"];
  if (fallback === "sms") {
    kinds.push("incapable");
  } else if (fallback === "basic" && !hasVideo) {
    kinds.push("plain");
  }
  const sums: Record<string, number> = {};
  for (const kind of kinds) {
    for (const [carrier, parts] of Object.entries(parse.parts[kind] ?? {})) {
      sums[carrier] = (sums[carrier] ?? 0) + parts;
    }
  }
  return sums;
}

export function sumOf(parts: Record<string, number>): number {
  return Object.values(parts).reduce((sum, one) => sum + one, 0);
}

/** Why numbers are none of a trial's: a file, or more than a few; `null` where they may go. */
export function trialFault(values: Pick<SendValues, "is_trial" | "source">, parse: Parse | undefined): "file" | "many" | null {
  if (!values.is_trial) {
    return null;
  }
  return values.source === "file" ? "file" : (parse?.counts.imported ?? 0) > MAX_TEST ? "many" : null;
}

/** When it goes out; `null` at once. */
export function sendAtOf({ when, send_at: picked }: Pick<SendValues, "when" | "send_at">, zone: string): string | null {
  return when === "later" && picked ? pickedMoment(picked, zone) : null;
}

/** The body of the request that makes the task. */
export function taskOf(values: SendValues, parseId: string, zone: string): WantedTask {
  const jump = values.jump_url?.trim() ?? "";
  return {
    parse_id: parseId,
    name: values.name,
    fallback: values.fallback,
    basic_template_id: values.fallback === "basic" ? (values.basic_template_id ?? null) : null,
    send_at: sendAtOf(values, zone),
    validity_days: values.validity === "week" ? MAX_DAYS : values.validity_days,
    jump_url: jump === "" ? null : jump,
    is_trial: values.is_trial,
  };
}
