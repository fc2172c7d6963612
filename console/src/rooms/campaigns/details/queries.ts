/** Messages of all send tasks, and what their filters offer. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components, paths } from "@/client/schema";
import type { Choice } from "@/kit/FilterBar";
import { formatTime } from "@/kit/format";
import { isOpen } from "@/rooms/campaigns/sendTask";
import { useCards, useSendables } from "@/rooms/campaigns/send/queries";
import { useSignedIn } from "@/rooms/identity/session";

export type SendDetail = components["schemas"]["SendDetailDocument"];
export type DetailQuery = NonNullable<paths["/console/api/send-details"]["get"]["parameters"]["query"]>;

/** While something on the page moves it is read again so often. */
const MOVING_MS = 5_000;
const STALE_MS = 30_000;
const TASKS_AT_ONCE = 50;
const TASK_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function useSendDetails(query: DetailQuery) {
  return useQuery({
    queryKey: ["send-details", query],
    queryFn: () => bodyOf(api.GET("/console/api/send-details", { params: { query } })),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.items.some((row) => isOpen(row.state)) === true ? MOVING_MS : false),
  });
}

/** Keep what is chosen among the choices, whatever was looked for since. */
function withChosen(choices: Choice[], chosen: string | null, label = chosen): Choice[] {
  return chosen === null || choices.some(({ value }) => value === chosen) ? choices : [{ value: chosen, label: label ?? chosen }, ...choices];
}

function useTask(taskId: string | null) {
  return useQuery({
    queryKey: ["send-details", "task", taskId],
    queryFn: () => bodyOf(api.GET("/console/api/send-tasks/{task_id}", { params: { path: { task_id: taskId ?? "" } } })),
    enabled: taskId !== null,
    retry: false,
    staleTime: STALE_MS,
  });
}

/** Send tasks by a part of the name, or the one with an id; `isWanted` once somebody looks. */
export function useTaskChoices(typed: string, chosen: string | null, isWanted: boolean): Choice[] {
  const { zone } = useSignedIn();
  const isId = TASK_ID.test(typed);
  const named = useQuery({
    queryKey: ["send-details", "tasks", typed],
    queryFn: () => bodyOf(api.GET("/console/api/send-tasks", { params: { query: { name: typed === "" ? undefined : typed, limit: TASKS_AT_ONCE } } })),
    enabled: isWanted && !isId,
    placeholderData: keepPreviousData,
    staleTime: STALE_MS,
  });
  const byId = useTask(isId ? typed.toLowerCase() : null);
  const one = useTask(chosen);
  const found = isId ? (byId.data === undefined ? [] : [byId.data]) : (named.data?.items ?? []);
  const labelOf = (task: { name: string; created_at: string }) => `${task.name} · ${formatTime(task.created_at, zone)}`;
  const choices = found.map((task) => ({ value: task.task_id, label: labelOf(task) }));
  return withChosen(choices, chosen, one.data === undefined ? chosen : labelOf(one.data));
}

/** Signatures that can be sent with. */
export function useSignatureChoices(chosen: string | null, isWanted: boolean): Choice[] {
  const { data } = useSendables(isWanted);
  const names = [...new Set((data?.items ?? []).map((row) => row.signature_name))];
  return withChosen(names.map((value) => ({ value, label: value })), chosen);
}

/** Card templates by a part of the name. */
export function useCardChoices(typed: string, chosen: string | null, isWanted: boolean): Choice[] {
  const isEnabled = isWanted || chosen !== null;
  const own = useCards(typed, false, isEnabled);
  const preset = useCards(typed, true, isEnabled);
  const cards = [...(own.data?.items ?? []), ...(preset.data?.items ?? [])];
  return withChosen(cards.map((card) => ({ value: card.tpl_id, label: `${card.name} (${card.tpl_id})` })), chosen);
}

/** Where the browser fetches the messages of one number as a file. */
export function numberUrl({ task_id, signature, card_template_id, phone, begin, end, state }: DetailQuery): string {
  const wanted = new URLSearchParams((state ?? []).map((one) => ["state", one]));
  for (const [name, value] of Object.entries({ task_id, signature, card_template_id, phone, begin, end })) {
    if (typeof value === "string") {
      wanted.append(name, value);
    }
  }
  return `/console/api/send-details.csv?${wanted.toString()}`;
}
