/** Reading and acting on send tasks. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import { useIsLive } from "@/client/live";
import type { components, paths } from "@/client/schema";
import { type Action, isMoving, type MessageState, type SendTask, type TaskState } from "@/rooms/campaigns/sendTask";

/** Where no stream tells, a moving task is read again so often. */
const MOVING_MS = 3_000;
const WAITING_MS = 15_000;
/** Where one does, it tells what moves, not what somebody else made or changed. */
const LIVE_MS = 10_000;
/** Lists are read again also when nothing in them changes: others make tasks, too. */
const LIST_MS = 5_000;

export interface TaskQuery {
  name: string;
  state: TaskState[];
  /** Moments in UTC. */
  begin: string | undefined;
  end: string | undefined;
  sort?: NonNullable<paths["/console/api/send-tasks"]["get"]["parameters"]["query"]>["sort"];
  offset: number;
  limit: number;
}

function pollOf(tasks: readonly SendTask[] | undefined, isLive: boolean): number | false {
  if (isLive) {
    return LIVE_MS;
  }
  const open = tasks?.filter((task) => !task.is_final) ?? [];
  if (open.length === 0) {
    return false;
  }
  return open.some(isMoving) ? MOVING_MS : WAITING_MS;
}

export function useSendTasks(wanted: TaskQuery) {
  const isLive = useIsLive();
  return useQuery({
    queryKey: ["send-tasks", wanted],
    queryFn: () => {
      const query = { ...wanted, name: wanted.name === "" ? undefined : wanted.name };
      return bodyOf(api.GET("/console/api/send-tasks", { params: { query } }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: (query) => pollOf(query.state.data?.items, isLive) || LIST_MS,
  });
}

export function useSendTask(taskId: string, isEnabled = true) {
  const isLive = useIsLive();
  return useQuery({
    enabled: isEnabled,
    queryKey: ["send-task", taskId],
    queryFn: () =>
      bodyOf(api.GET("/console/api/send-tasks/{task_id}", { params: { path: { task_id: taskId } } })),
    // Phones show cards for days after the last report.
    refetchInterval: (query) => pollOf(query.state.data ? [query.state.data] : undefined, isLive) || WAITING_MS,
  });
}

export function useTaskAction(taskId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (action: Action) => {
      const params = { params: { path: { task_id: taskId } } };
      switch (action) {
        case "start":
          return bodyOf(api.POST("/console/api/send-tasks/{task_id}/start", params));
        case "pause":
          return bodyOf(api.POST("/console/api/send-tasks/{task_id}/pause", params));
        case "resume":
          return bodyOf(api.POST("/console/api/send-tasks/{task_id}/resume", params));
        case "cancel":
          return bodyOf(api.POST("/console/api/send-tasks/{task_id}/cancel", params));
      }
    },
    // The answer knows the task but not its messages: read it again.
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ["send-task", taskId] });
      await client.invalidateQueries({ queryKey: ["send-tasks"] });
      await client.invalidateQueries({ queryKey: ["overview"] });
    },
  });
}

export interface MessageQuery {
  state: MessageState[];
  phone: string;
  offset: number;
  limit: number;
}

/** Read a page of a task's messages; `isLive` reads it again while the task moves. */
export function useMessages(taskId: string, wanted: MessageQuery, isLive: boolean) {
  return useQuery({
    queryKey: ["messages", taskId, wanted],
    queryFn: () => {
      const query = { ...wanted, phone: wanted.phone === "" ? undefined : wanted.phone };
      const params = { path: { task_id: taskId }, query };
      return bodyOf(api.GET("/console/api/send-tasks/{task_id}/messages", { params }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: isLive ? MOVING_MS : false,
  });
}

export type Life = components["schemas"]["LifeView"];
export type CardLife = components["schemas"]["CardLifeDocument"];

/** All that the line knows of a message. */
export function useLife(messageId: number) {
  return useQuery({
    queryKey: ["message-life", messageId],
    queryFn: () => bodyOf(api.GET("/console/api/messages/{message_id}", { params: { path: { message_id: messageId } } })),
    refetchInterval: WAITING_MS,
  });
}

/** What became of a message's card. */
export function useMessageCards(taskId: string, messageId: number, isEnabled: boolean) {
  return useQuery({
    queryKey: ["message-cards", taskId, messageId],
    queryFn: () => {
      const path = { task_id: taskId, message_id: messageId };
      return bodyOf(api.GET("/console/api/send-tasks/{task_id}/messages/{message_id}/cards", { params: { path } }));
    },
    enabled: isEnabled,
    refetchInterval: WAITING_MS,
  });
}

export type MessagePost = components["schemas"]["MessagePost"];

/** The posts that tell the customer's server of a message; they are known by the message's link. */
export function useMessagePosts(taskId: string, code: string | null, isEnabled: boolean) {
  return useQuery({
    queryKey: ["callbacks", "message", taskId, code],
    queryFn: () => bodyOf(api.GET("/console/api/callbacks/posts", { params: { query: { task_id: taskId, code: code ?? "" } } })),
    enabled: isEnabled && code !== null,
    refetchInterval: WAITING_MS,
  });
}

/** Ask for a whole number; the audit log keeps who did. */
export function useReveal(taskId: string) {
  return useMutation({
    mutationFn: (messageId: number) => {
      const params = { path: { task_id: taskId, message_id: messageId } };
      return bodyOf(api.POST("/console/api/send-tasks/{task_id}/messages/{message_id}/reveal", { params }));
    },
  });
}

/** Where the browser fetches the messages of a filter as a file. */
export function exportUrl(taskId: string, wanted: Pick<MessageQuery, "state" | "phone">): string {
  const query = new URLSearchParams(wanted.state.map((state) => ["state", state]));
  if (wanted.phone !== "") {
    query.set("phone", wanted.phone);
  }
  const filter = query.size > 0 ? `?${query.toString()}` : "";
  return `/console/api/send-tasks/${encodeURIComponent(taskId)}/messages.csv${filter}`;
}

export type Overview = components["schemas"]["OverviewView"];

export function useOverview(isEnabled: boolean) {
  const isLive = useIsLive();
  return useQuery({
    queryKey: ["overview"],
    queryFn: () => bodyOf(api.GET("/console/api/overview")),
    enabled: isEnabled,
    refetchInterval: (query) => pollOf(query.state.data?.running, isLive) || LIST_MS,
  });
}

/** Which recipients of 号码解析 can be downloaded. */
export type RecipientKind = "capable" | "incapable";

/** Where the browser fetches the recipients of a kind as a file. */
export function recipientsUrl(taskId: string, kind: RecipientKind): string {
  return `/console/api/send-tasks/${encodeURIComponent(taskId)}/recipients.csv?kind=${kind}`;
}
