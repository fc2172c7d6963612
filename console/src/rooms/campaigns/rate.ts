/** How fast a task sends, seen from the progress that arrives. */
import { countIn, MESSAGE_STATES, type SendTask } from "@/rooms/campaigns/sendTask";

/** One observation: at a moment (ms), so many messages had been handed to a carrier. */
export interface Sample {
  at: number;
  sent: number;
}

const WINDOW_MS = 5_000;
const SECOND_MS = 1_000;

/** How many messages a carrier has got, as far as their states tell. */
export function sentOf(task: SendTask): number {
  const unsent = countIn(task.states, ["held", "queued", "attempted", "skipped", "suppressed", "refused", "cancelled"]);
  return countIn(task.states, MESSAGE_STATES) - unsent;
}

/** Add an observation and forget those older than the window. */
export function addSample(samples: readonly Sample[], sample: Sample): Sample[] {
  return [...samples.filter((earlier) => sample.at - earlier.at <= WINDOW_MS), sample];
}

/** Messages per second over the samples; 0 as long as there is only one. */
export function rateOf(samples: readonly Sample[]): number {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.at <= first.at) {
    return 0;
  }
  return Math.max(0, ((last.sent - first.sent) * SECOND_MS) / (last.at - first.at));
}
