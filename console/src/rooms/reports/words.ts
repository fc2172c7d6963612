/** Known values of the download centre and of reports, and what they mean to who waits. */
import type { Tone } from "@/kit/StateTag";
import type { ExportState, TapTarget, Vendor, VideoBy } from "@/rooms/reports/queries";

export const EXPORT_STATES = ["waiting", "running", "done", "failed", "cancelled", "expired"] as const satisfies readonly ExportState[];
export const EXPORT_TONES: Record<ExportState, Tone> = {
  waiting: "waiting",
  running: "busy",
  done: "good",
  failed: "bad",
  cancelled: "left",
  expired: "left",
};

export const EXPORT_KINDS = ["send_messages", "send_details", "send_tasks", "video_messages", "resolve_details", "send_report", "template_report", "video_report", "tap_report", "tap_items", "audit"] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** The kind as far as this page knows it. */
export function knownKind(kind: string): ExportKind | undefined {
  return EXPORT_KINDS.find((known) => known === kind);
}

/** Why exports fail: codes of the back end without its room. */
export const FAILURES = ["export_crashed", "span"] as const;

export const FILTER_NAMES = [
  "task_id",
  "task_name",
  "signature",
  "card_template_id",
  "card_template",
  "aim_url",
  "status",
  "name",
  "state",
  "begin",
  "end",
  "report_type",
  "by",
  "tpl_id",
  "tpl_ids",
  "tpl_name",
  "pub_id",
  "pub_name",
  "target",
  "vendors",
  "first",
  "last",
  "user",
  "action",
  "subject_kind",
  "subject_id",
  "result",
  "user_id",
] as const;

export const VENDORS = ["HUAWEI", "XIAOMI", "OPPO", "VIVO", "MEIZU", "SAMSUNG"] as const satisfies readonly Vendor[];

export const VIDEO_SPLITS = ["day", "month", "template"] as const satisfies readonly VideoBy[];

export const TAP_TARGETS = ["home", "menu", "submenu", "tel", "fastapp", "shortcut"] as const satisfies readonly TapTarget[];
