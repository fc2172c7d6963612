/** What happened to a message, in order, as the line knows it. */
import type { components } from "@/client/schema";

export type Life = components["schemas"]["LifeView"];

/** What carriers answer to a part they take: SMS protocols, and MM7. */
const TAKEN: readonly number[] = [0, 1000];

type Meaning = Life["parts"][number]["meaning"] & object;

export type Moment =
  | { what: "planned"; at: string; parts: number }
  | { what: "opened"; at: string; account: number }
  | { what: "closed"; at: string; account: number }
  | { what: "taken" | "refused"; at: string; account: number; part: number; id: string; result: number; said: string; meaning: Meaning | null }
  | { what: "reported"; at: string; part: number; stat: string; submitTime: string; doneTime: string; isGood: boolean; meaning: Meaning | null }
  | { what: "doubted"; at: string; account: number; reason: string }
  | { what: "resent"; at: string; by: string | null }
  | { what: "final"; at: string; state: Life["state"] };

/** Return all moments of a life, the first one first; those of one time stay in the order in which they follow. */
export function momentsOf(life: Life): Moment[] {
  const moments: Moment[] = [{ what: "planned", at: life.planned_at, parts: life.parts_planned }];
  for (const { opened_at: at, account_id: account } of life.spans) {
    moments.push({ what: "opened", at, account });
  }
  for (const part of life.parts) {
    const id = part.carrier_ref ?? part.carrier_msg_id;
    const what = TAKEN.includes(part.result) ? "taken" : "refused";
    moments.push({ what, at: part.at, account: part.account_id, part: part.part_no, id, result: part.result, said: life.parts.length > 1 ? part.text : "", meaning: part.meaning });
    for (const { stat, submit_time: submitTime, done_time: doneTime, received_at: at, meaning } of part.reports) {
      moments.push({ what: "reported", at, part: part.part_no, stat, submitTime, doneTime, isGood: stat === "DELIVRD", meaning });
    }
  }
  for (const { closed_at: at, account_id: account } of life.spans) {
    if (at !== null) {
      moments.push({ what: "closed", at, account });
    }
  }
  for (const doubt of life.doubts) {
    moments.push({ what: "doubted", at: doubt.since, account: doubt.account_id, reason: doubt.reason });
    if (doubt.resent_at !== null) {
      moments.push({ what: "resent", at: doubt.resent_at, by: doubt.ordered_by });
    }
  }
  if (life.final_at !== null) {
    moments.push({ what: "final", at: life.final_at, state: life.state });
  }
  return moments.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}
