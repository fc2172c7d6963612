/** Send tasks and their messages: their states, how they are counted, and what may be done with them. */
import type { components } from "@/client/schema";

export type SendTask = components["schemas"]["TaskDocument"];
export type TaskState = components["schemas"]["TaskState"];
export type Message = components["schemas"]["MessageDocument"];
export type MessageState = components["schemas"]["MessageState"];

/** In the order of a task's life. */
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
] as const satisfies readonly TaskState[];

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
] as const satisfies readonly MessageState[];

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
export function endedOf(task: Pick<SendTask, "states">): number {
  return countIn(task.states, MESSAGE_STATES) - countIn(task.states, OPEN);
}

/** Tell whether a message can still change. */
export function isOpen(state: MessageState): boolean {
  return OPEN.includes(state);
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
