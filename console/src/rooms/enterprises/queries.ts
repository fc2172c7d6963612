/** Filings: read, keep, upload, hand in. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components } from "@/client/schema";
import { sendFile } from "@/client/upload";
import type { Send, Uploaded } from "@/kit/useUploads";

export type Filing = components["schemas"]["FilingView"];
export type Scene = components["schemas"]["Scene"];
export type Field = components["schemas"]["FilingFieldView"];
export type Paper = components["schemas"]["PaperView"];
export type Story = components["schemas"]["FilingStoryView"];

const KEY = "filings";
/** What waits for its decision is read again so often. */
const PENDING_MS = 5_000;

export function useFilings() {
  return useQuery({
    queryKey: [KEY],
    queryFn: () => bodyOf(api.GET("/console/api/filings")),
    refetchInterval: (query) => (query.state.data?.items.some((one) => one.is_pending) ? PENDING_MS : false),
  });
}

export function useFiling(scene: Scene) {
  return useQuery({
    queryKey: [KEY, scene],
    queryFn: () => bodyOf(api.GET("/console/api/filings/{scene}", { params: { path: { scene } } })),
    refetchInterval: (query) => (query.state.data?.is_pending ? PENDING_MS : false),
  });
}

/** A filing's submissions; `decidedAt` lets a decision show at once. */
export function useFilingHistory(scene: Scene, decidedAt: string | null) {
  return useQuery({
    queryKey: [KEY, scene, "history", decidedAt],
    queryFn: () => bodyOf(api.GET("/console/api/filings/{scene}/history", { params: { path: { scene } } })),
  });
}

/** Everything about filings is read again after a change: one scene's papers show in the others. */
export function useFilingsChanged(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: [KEY] });
    await client.invalidateQueries({ queryKey: ["overview"] });
  };
}

export function useUrgeFiling(scene: Scene) {
  const changed = useFilingsChanged();
  return useMutation({
    mutationFn: () => bodyOf(api.POST("/console/api/filings/{scene}/urge", { params: { path: { scene } } })),
    onSettled: changed,
  });
}

export function saveFiling(scene: Scene, values: Record<string, string>): Promise<Filing> {
  return bodyOf(api.PUT("/console/api/filings/{scene}", { params: { path: { scene } }, body: { values } }));
}

export function submitFiling(scene: Scene): Promise<Filing> {
  return bodyOf(api.POST("/console/api/filings/{scene}/submit", { params: { path: { scene } } }));
}

export function removePaper(scene: Scene, field: string): Promise<Filing> {
  return bodyOf(api.DELETE("/console/api/filings/{scene}/papers/{field}", { params: { path: { scene, field } } }));
}

/** The address of a paper: pictures show from it, all else is saved. */
export function urlOfPaper(paper: Pick<Paper, "paper_id">): string {
  return `/console/api/filings/papers/${paper.paper_id}`;
}

/** Where the pages of a document are, as many as can be looked at. */
async function pagesOf(paperId: string): Promise<string[]> {
  const { shown } = await bodyOf(api.GET("/console/api/filings/papers/{paper_id}/pages", { params: { path: { paper_id: paperId } } }));
  return Array.from({ length: shown }, (_, page) => `${urlOfPaper({ paper_id: paperId })}/pages/${page}`);
}

/** A paper as the kit shows it: with the address of its first page and a way to the others, where it is a document. */
export function shownPaper(paper: Pick<Paper, "paper_id" | "name" | "size_bytes">): Uploaded {
  const url = urlOfPaper(paper);
  const document = paper.name.toLowerCase().endsWith(".pdf") ? { look: `${url}/pages/0`, looks: () => pagesOf(paper.paper_id) } : {};
  return { id: paper.paper_id, name: paper.name, size: paper.size_bytes, url, ...document };
}

export function urlOfLetter(letter: string): string {
  return `/console/api/filings/letters/${letter}`;
}

/** Send the document of a field. */
export function senderOf(scene: Scene, field: string): Send {
  return async (file, progress, signal) => {
    const url = `/console/api/filings/${scene}/papers/${field}`;
    const paper = await sendFile<Paper>({ url, file, progress, signal });
    return { id: paper.paper_id };
  };
}
