/** Reading and acting on video templates and their send tasks. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import { useLiveTopic } from "@/client/live";
import type { components, paths } from "@/client/schema";
import { withPages } from "@/kit/listResult";

type Schemas = components["schemas"];
export type VideoTemplate = Schemas["VideoTemplateView"];
export type VideoTemplateDetail = Schemas["VideoTemplateDetail"];
export type VideoTemplateBody = Schemas["VideoTemplateBody"];
export type VideoElement = Schemas["VideoElementView"];
export type VideoTask = Schemas["VideoTaskView"];
export type VideoTaskBody = Schemas["VideoTaskBody"];
export type VideoMessage = Schemas["VideoMessageView"];
export type VideoReply = Schemas["VideoReplyView"];
export type VideoTaskState = Schemas["VideoTaskState"];

type QueryOf<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never;
export type TemplateQuery = QueryOf<"/console/api/video-templates">;
export type TaskQuery = QueryOf<"/console/api/video-tasks">;
export type MessageQuery = QueryOf<"/console/api/video-tasks/{task_id}/messages">;
export type TemplateState = VideoTemplate["state"];

/** The review desk decides, and messages move, while people look. */
const LIST_MS = 10_000;
const LIVE_MS = 3_000;
/** Where a stream tells of changes. */
const CALM_MS = 30_000;
/** The most that a picker asks for at once; more are found by typing. */
const PICKED = 100;

export function useVideoTemplates(query: TemplateQuery) {
  const read = (wanted: TemplateQuery) => bodyOf(api.GET("/console/api/video-templates", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: ["video", "templates", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: LIST_MS,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

/** What can be sent now. */
export function useUsableTemplates(name: string) {
  return useVideoTemplates({ state: ["usable"], limit: PICKED, name: name === "" ? undefined : name });
}

export function useVideoTemplate(tplId: string | null | undefined) {
  return useQuery({
    queryKey: ["video", "template", tplId],
    queryFn: () => bodyOf(api.GET("/console/api/video-templates/{tpl_id}", { params: { path: { tpl_id: tplId ?? "" } } })),
    enabled: tplId != null,
  });
}

export function useVideoTasks(query: TaskQuery) {
  const isTold = useLiveTopic("video-tasks", ["video", "tasks"]);
  const read = (wanted: TaskQuery) => bodyOf(api.GET("/console/api/video-tasks", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: ["video", "tasks", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: isTold ? CALM_MS : LIST_MS,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

const path = (task_id: string) => ({ params: { path: { task_id } } });

export function useVideoTask(taskId: string) {
  const isTold = useLiveTopic("video-tasks", ["video", "task", taskId]);
  return useQuery({
    queryKey: ["video", "task", taskId],
    queryFn: () => bodyOf(api.GET("/console/api/video-tasks/{task_id}", path(taskId))),
    refetchInterval: isTold ? CALM_MS : LIVE_MS,
  });
}

export function useVideoMessages(taskId: string, query: MessageQuery) {
  const isTold = useLiveTopic("video-tasks", ["video", "messages", taskId]);
  return useQuery({
    queryKey: ["video", "messages", taskId, query],
    queryFn: () =>
      bodyOf(api.GET("/console/api/video-tasks/{task_id}/messages", { params: { path: { task_id: taskId }, query } })),
    placeholderData: keepPreviousData,
    // The stream tells of counts: a message may change and leave them as they were.
    refetchInterval: isTold ? LIST_MS : LIVE_MS,
  });
}

export function useVideoReplies(taskId: string, query: { offset: number; limit: number }) {
  return useQuery({
    queryKey: ["video", "replies", taskId, query],
    queryFn: () =>
      bodyOf(api.GET("/console/api/video-tasks/{task_id}/replies", { params: { path: { task_id: taskId }, query } })),
    placeholderData: keepPreviousData,
    refetchInterval: LIST_MS,
  });
}

/** Do something and read everything of this room again, also when it was refused: somebody else may have been first. */
export function useAct() {
  const client = useQueryClient();
  const { mutateAsync } = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: () => Promise.all([["video"], ["overview"]].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  return async <T,>(act: () => Promise<T>): Promise<T> => (await mutateAsync(act)) as T;
}

const templatePath = (tpl_id: string) => ({ params: { path: { tpl_id } } });

export const acts = {
  createTemplate: (body: VideoTemplateBody) => bodyOf(api.POST("/console/api/video-templates", { body })),
  submitTemplate: (id: string) => bodyOf(api.POST("/console/api/video-templates/{tpl_id}/submit", templatePath(id))),
  useTemplate: (id: string, isUsable: boolean, reason: string) =>
    bodyOf(api.PUT("/console/api/video-templates/{tpl_id}/use", { ...templatePath(id), body: { is_usable: isUsable, reason } })),
  /** The same key sends once, however often it is asked for. */
  send: (body: VideoTaskBody, key: string) =>
    bodyOf(api.POST("/console/api/video-tasks", { body, headers: { "Idempotency-Key": key } })),
  resend: (taskId: string) => bodyOf(api.POST("/console/api/video-tasks/{task_id}/resend", path(taskId))),
  cancel: (taskId: string) => bodyOf(api.POST("/console/api/video-tasks/{task_id}/cancel", path(taskId))),
} as const;

export function mediumUrl(tplId: string, number: number): string {
  return `/console/api/video-templates/${encodeURIComponent(tplId)}/media/${number}`;
}

export function sampleUrl(tplId: string, isIndividual: boolean): string {
  return `/console/api/video-tasks/sample.xlsx?${new URLSearchParams({ tpl_id: tplId, is_individual: String(isIndividual) }).toString()}`;
}
