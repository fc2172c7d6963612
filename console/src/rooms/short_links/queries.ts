/** Reading and acting on resolve tasks, links and link domains. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components, paths } from "@/client/schema";
import { sendFile } from "@/client/upload";
import { withPages } from "@/kit/listResult";
import type { Send } from "@/kit/useUploads";

export type ResolveTask = components["schemas"]["ResolveTaskView"];
export type LinkDetail = components["schemas"]["LinkDetailView"];
export type WantedResolveTask = components["schemas"]["WantedResolveTask"];
export type TaskQuery = NonNullable<paths["/console/api/resolve-tasks"]["get"]["parameters"]["query"]>;
export type DetailQuery = NonNullable<paths["/console/api/resolve-details"]["get"]["parameters"]["query"]>;

/** Phones draw cards while people look. */
const LIST_MS = 10_000;

export function useResolveTasks(query: TaskQuery) {
  const read = (wanted: TaskQuery) => bodyOf(api.GET("/console/api/resolve-tasks", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: ["resolve", "tasks", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: LIST_MS,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

export function useResolveTask(taskId: string) {
  return useQuery({
    queryKey: ["resolve", "task", taskId],
    queryFn: () => bodyOf(api.GET("/console/api/resolve-tasks/{task_id}", { params: { path: { task_id: taskId } } })),
    refetchInterval: LIST_MS,
  });
}

export function useResolveDetails(query: DetailQuery) {
  return useQuery({
    queryKey: ["resolve", "details", query],
    queryFn: () => bodyOf(api.GET("/console/api/resolve-details", { params: { query } })),
    placeholderData: keepPreviousData,
    refetchInterval: LIST_MS,
  });
}

export function useCreateLinks() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: WantedResolveTask) => bodyOf(api.POST("/console/api/resolve-tasks", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["resolve"] }),
  });
}

/** Where the browser downloads a task's links. */
export function linksUrl(taskId: string): string {
  return `/console/api/resolve-tasks/${encodeURIComponent(taskId)}/links.csv`;
}

export type LinkDomain = components["schemas"]["LinkDomainView"];
export type LinkDomainDetail = components["schemas"]["LinkDomainDetail"];
export type DomainCheck = components["schemas"]["DomainCheckView"];
export type WantedDomain = components["schemas"]["WantedDomain"];
export type DomainQuery = NonNullable<paths["/console/api/link-domains"]["get"]["parameters"]["query"]>;

export function useLinkDomains(query: DomainQuery) {
  const read = (wanted: DomainQuery) => bodyOf(api.GET("/console/api/link-domains", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: ["link-domains", "list", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: LIST_MS,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

export function useLinkDomain(domainId: number | null) {
  return useQuery({
    queryKey: ["link-domains", "one", domainId],
    queryFn: () => bodyOf(api.GET("/console/api/link-domains/{domain_id}", { params: { path: { domain_id: domainId ?? 0 } } })),
    enabled: domainId !== null,
  });
}

/** Do something and read all domains again, also when it was refused. */
export function useDomainAct() {
  const client = useQueryClient();
  const { mutateAsync } = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: () => Promise.all([["link-domains"], ["send-form", "domains"]].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  return async <T,>(act: () => Promise<T>): Promise<T> => (await mutateAsync(act)) as T;
}

const domainPath = (domain_id: number) => ({ params: { path: { domain_id } } });

/** A file to fill in with customers, for a card. */
export function linksSampleUrl(card: string, hasOwnCodes: boolean): string {
  return `/console/api/resolve-tasks/sample.xlsx?${new URLSearchParams({ card_template_id: card, has_own_codes: String(hasOwnCodes) }).toString()}`;
}

export const LETTER_BYTES = 2 * 1024 * 1024;

/** Keep a letter (公司关系授权函) that goes with a domain. */
export const sendLetter: Send = async (file, progress, signal) => {
  const url = "/console/api/link-domains/letters";
  const kept = await sendFile<components["schemas"]["LetterView"]>({ url, file, progress, signal });
  return { id: kept.file_id };
};

export function letterUrl(fileId: string): string {
  return `/console/api/link-domains/letters/${encodeURIComponent(fileId)}`;
}

export const domainActs = {
  register: (body: WantedDomain) => bodyOf(api.POST("/console/api/link-domains", { body })),
  disable: (id: number) => bodyOf(api.DELETE("/console/api/link-domains/{domain_id}", domainPath(id))),
  urge: (id: number) => bodyOf(api.POST("/console/api/link-domains/{domain_id}/urge", domainPath(id))),
  check: (id: number) => bodyOf(api.POST("/console/api/link-domains/{domain_id}/check", domainPath(id))),
} as const;
