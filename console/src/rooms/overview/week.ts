/** What was sent in the last seven days. */
import { useSendTasks } from "@/rooms/campaigns/queries";
import { countIn, endedOf, MESSAGE_STATES, type SendTask } from "@/rooms/campaigns/sendTask";

/** Tasks that are read to count; more are named as not counted. */
export const WEEK_TASKS = 100;

export interface Week {
  messages: number;
  /** Messages that are over, of which the share of delivered ones is told. */
  ended: number;
  delivered: number;
  resolved: number;
}

const UNSENT = ["skipped", "suppressed", "cancelled"] as const;

/** Sum up tasks; trials are left out, as in reports. */
export function weekOf(tasks: readonly Pick<SendTask, "is_trial" | "resolved" | "states">[]): Week {
  const week: Week = { messages: 0, ended: 0, delivered: 0, resolved: 0 };
  for (const task of tasks.filter((one) => !one.is_trial)) {
    week.messages += countIn(task.states, MESSAGE_STATES) - countIn(task.states, UNSENT);
    week.ended += endedOf(task) - countIn(task.states, UNSENT);
    week.delivered += task.states.delivered ?? 0;
    week.resolved += task.resolved;
  }
  return week;
}

/** Read the tasks created since a moment in UTC. */
export function useWeek(begin: string) {
  return useSendTasks({ name: "", state: [], begin, end: undefined, offset: 0, limit: WEEK_TASKS });
}
