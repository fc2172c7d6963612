/**
 * Send tasks as the back end shows them, and what may be done with them.
 *
 * Its OpenAPI document says only that they are objects, so their fields stand here.
 */
export const TASK_STATES = [
  "draft",
  "parsing",
  "ready",
  "scheduled",
  "held",
  "running",
  "paused",
  "finishing",
  "finished",
  "cancelled",
  "refused",
] as const;
export type TaskState = (typeof TASK_STATES)[number];

export const MESSAGE_STATES = [
  "held",
  "queued",
  "attempted",
  "submitted",
  "delivered",
  "failed",
  "expired",
  "refused",
  "unknown",
  "unknown_final",
  "skipped",
  "suppressed",
  "cancelled",
] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

export interface ParseCounts {
  rows: number;
  imported: number;
  invalid: number;
  duplicates: number;
  opted_out: number;
  capable: number;
  incapable: number;
  submitted: number;
}

export interface SendTask {
  task_id: string;
  name: string;
  state: TaskState;
  reason: string | null;
  source: string;
  is_trial: boolean;
  fallback: "none" | "sms" | "basic";
  card_template_id: string;
  card_template_name: string;
  sms_template_id: string;
  sms_text: string;
  signature_name: string;
  app_name: string;
  channel_number: string;
  domain: string;
  jump_url: string | null;
  validity_days: number;
  number_file_id: string | null;
  send_at: string | null;
  created_by: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  counts: ParseCounts;
  states: Partial<Record<MessageState, number>>;
  resolved: number;
  is_final: boolean;
}

export interface Message {
  message_id: number;
  recipient_no: number;
  phone_masked: string;
  state: MessageState;
  carrier_code: string | null;
  carrier_text: Record<string, string> | null;
  text: string;
  parts: number;
  link_code: string | null;
  planned_at: string;
  submitted_at: string | null;
  final_at: string | null;
}

export interface ListOf<T> {
  items: T[];
  total: number;
}

/** How the states of messages are grouped and coloured in progress bars. */
export const GROUPS = {
  good: ["delivered"],
  busy: ["attempted", "submitted"],
  waiting: ["queued", "held"],
  bad: ["failed", "expired", "refused"],
  unclear: ["unknown", "unknown_final"],
  left: ["skipped", "suppressed", "cancelled"],
} as const satisfies Record<string, readonly MessageState[]>;
export type Group = keyof typeof GROUPS;
export const GROUP_NAMES = Object.keys(GROUPS) as Group[];

const OPEN: readonly MessageState[] = ["held", "queued", "attempted", "submitted", "unknown"];
const MOVING: readonly TaskState[] = ["parsing", "running", "finishing"];

/** Sum up the messages in some states. */
export function countIn(states: SendTask["states"], wanted: readonly MessageState[]): number {
  return wanted.reduce((sum, state) => sum + (states[state] ?? 0), 0);
}

/** How many recipients the task's messages go to: those that are planned, or will be. */
export function recipientsOf(task: SendTask): number {
  return Math.max(task.counts.capable + task.counts.incapable, countIn(task.states, MESSAGE_STATES));
}

/** How many messages are over, one way or the other. */
export function endedOf(task: SendTask): number {
  return countIn(task.states, MESSAGE_STATES) - countIn(task.states, OPEN);
}

/** Tell whether the task changes by itself now, so that watching it pays. */
export function isMoving(task: SendTask): boolean {
  return MOVING.includes(task.state);
}

export type Action = "start" | "pause" | "resume" | "cancel";

const ALLOWED: Record<TaskState, readonly Action[]> = {
  draft: ["cancel"],
  parsing: ["cancel"],
  ready: ["start", "cancel"],
  scheduled: ["cancel"],
  held: ["pause", "cancel"],
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  finishing: [],
  finished: [],
  cancelled: [],
  refused: [],
};

/** What may be done with a task in its state. */
export function actionsOf(task: SendTask): readonly Action[] {
  return ALLOWED[task.state];
}
