/** What the send form holds, and what of it is sent. */
import type { Dayjs } from "dayjs";

import type { Uploaded } from "@/kit/useUploads";
import { pickedMoment } from "@/kit/zones";
import type { VideoTaskBody } from "@/rooms/video_sms/queries";

export interface TaskValues {
  tpl_id?: string;
  task_name: string;
  mode: "group" | "individual";
  /** Everybody's values, in the order of the template's placeholders. */
  values: string[];
  when: "now" | "later";
  /** As clocks of the account's zone show it. */
  send_at?: Dayjs;
  hours: number;
  numbers?: Uploaded[];
}

export const FORM = "video-task";
export const MAX_NUMBERS = 5_000_000;
export const FILE_TYPES = [".xlsx", ".csv", ".txt"];
export const FILE_BYTES = 40 * 1024 * 1024;
export const INITIAL: TaskValues = { task_name: "", mode: "group", values: [], when: "now", hours: 24 };
/** Where the server's names of fields stand in the form. */
export const RENAMED = { number_file_id: "numbers", file: "numbers" };

/** When it goes out; `null` at once. */
export function sendAtOf({ when, send_at: picked }: Pick<TaskValues, "when" | "send_at">, zone: string): string | null {
  return when === "later" && picked ? pickedMoment(picked, zone) : null;
}

/** Return the request; without placeholders there is nothing to fill in. */
export function taskOf(values: TaskValues, params: readonly string[], zone: string): VideoTaskBody {
  const isIndividual = params.length > 0 && values.mode === "individual";
  return {
    task_name: values.task_name,
    tpl_id: values.tpl_id ?? "",
    number_file_id: values.numbers?.[0]?.id ?? "",
    is_individual: isIndividual,
    values: isIndividual ? [] : params.map((_, index) => values.values[index] ?? ""),
    hours: values.hours,
    send_at: sendAtOf(values, zone),
  };
}
