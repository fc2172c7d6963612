/** What a queue's URL asks for: the list and the page of one submission read it alike, so next and previous agree. */
import { readChoices, readDay, readList } from "@/kit/filters";
import { type QueueQuery, REVIEW_STATES } from "@/rooms/reviews/queries";
import { KIND_NAMES } from "@/rooms/reviews/words";

export const ALL = "all";
export const MARKS = ["urged", "overdue"] as const;
export const CLAIMS = ["mine", "nobody"] as const;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** As many as the back end gives at once: next and previous go no further. */
const NEIGHBOURS = 100;

/** The state shown: what waits, unless the URL says otherwise. */
export function stateOf(params: URLSearchParams): (typeof REVIEW_STATES)[number] | typeof ALL {
  return readChoices(params, "state", [...REVIEW_STATES, ALL])[0] ?? "pending";
}

export function tenantOf(params: URLSearchParams): string | undefined {
  const tenant = params.get("tenant");
  return tenant !== null && UUID.test(tenant) ? tenant : undefined;
}

/** Return what to ask the back end for. */
export function readQueue(params: URLSearchParams): QueueQuery {
  const { offset, limit, sort } = readList(params, ["due_at", "submitted_at"]);
  const state = stateOf(params);
  const marks = readChoices(params, "mark", MARKS);
  const text = params.get("text")?.trim();
  return {
    state: state === ALL ? undefined : state,
    kind: readChoices(params, "kind", KIND_NAMES)[0],
    claim: readChoices(params, "claim", CLAIMS)[0],
    urged: marks.includes("urged") || undefined,
    overdue: marks.includes("overdue") || undefined,
    tenant_id: tenantOf(params),
    text: text === undefined || text === "" ? undefined : text,
    submitted_from: readDay(params, "from"),
    submitted_to: readDay(params, "to"),
    sort,
    offset,
    limit,
  };
}

/** Return the whole queue that a submission stands in, as far as next and previous look. */
export function readNeighbours(params: URLSearchParams): QueueQuery {
  return { ...readQueue(params), offset: 0, limit: NEIGHBOURS };
}

/** As many as the back end decides at once. */
export const MAX_BULK = 50;

/** Keep of what was ticked one kind, that of what was chosen before, and no more than are decided at once; say how many were left out. */
export function chooseAlike<T extends { kind: string }>(ticked: readonly T[], before: readonly T[]): { kept: T[]; left: number } {
  const kind = (before.find((one) => ticked.some((other) => other.kind === one.kind)) ?? ticked[0])?.kind;
  const kept = ticked.filter((one) => one.kind === kind).slice(0, MAX_BULK);
  return { kept, left: ticked.length - kept.length };
}

/** Return the ids before and after one; of one that has left the queue, the first that waits. */
export function neighbours(ids: readonly string[], own: string): { previous: string | undefined; next: string | undefined } {
  const at = ids.indexOf(own);
  return at < 0 ? { previous: undefined, next: ids[0] } : { previous: ids[at - 1], next: ids[at + 1] };
}
