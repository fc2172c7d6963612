/** Reading the review desk and deciding. What others do shows by itself within seconds. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import { useLiveTopic } from "@/client/live";
import type { components, paths } from "@/client/schema";
import { withPages } from "@/kit/listResult";

export type Review = components["schemas"]["ReviewView"];
export type ReviewDetail = components["schemas"]["ReviewDetail"];
export type KindCount = components["schemas"]["KindCountView"];
export type Guide = components["schemas"]["GuideView"];
export type GivenReason = components["schemas"]["GivenReasonView"];
export type QueueQuery = NonNullable<paths["/console/api/reviews"]["get"]["parameters"]["query"]>;

export const REVIEW_STATES = ["pending", "approved", "rejected", "withdrawn"] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

/** Where no stream tells what others do, it is read so often; else only lest something is missed. */
const LIVE_MS = 5_000;
const CALM_MS = 30_000;
const GUIDES_MS = 60_000;

export function useReviews(query: QueueQuery, isEnabled = true) {
  const isTold = useLiveTopic("reviews", ["reviews"], isEnabled);
  const read = (wanted: QueueQuery) => bodyOf(api.GET("/console/api/reviews", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: ["reviews", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: isTold ? CALM_MS : LIVE_MS,
    enabled: isEnabled,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

/** What waits, by kind. */
export function useCounts() {
  const isTold = useLiveTopic("reviews", ["reviews", "counts"]);
  return useQuery({
    queryKey: ["reviews", "counts"],
    queryFn: () => bodyOf(api.GET("/console/api/reviews/counts")),
    refetchInterval: isTold ? CALM_MS : LIVE_MS,
  });
}

export function useReview(reviewId: string) {
  const isTold = useLiveTopic("reviews", ["review", reviewId]);
  return useQuery({
    queryKey: ["review", reviewId],
    queryFn: () => bodyOf(api.GET("/console/api/reviews/{review_id}", { params: { path: { review_id: reviewId } } })),
    refetchInterval: ({ state }) => (state.data?.state !== "pending" ? false : isTold ? CALM_MS : LIVE_MS),
  });
}

/** Checklists and reasons of all kinds, and which kinds need two reviewers. */
export function useGuides() {
  return useQuery({
    queryKey: ["review-guides"],
    queryFn: () => bodyOf(api.GET("/console/api/reviews/guides")),
    staleTime: GUIDES_MS,
  });
}

export function useGuide(kind: string | undefined): Guide | undefined {
  return useGuides().data?.items.find((guide) => guide.kind === kind);
}

export function useNeedsTwo() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, needsTwo }: { kind: string; needsTwo: boolean }) =>
      bodyOf(api.PUT("/console/api/reviews/guides/{kind}", { params: { path: { kind } }, body: { needs_two: needsTwo } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["review-guides"] }),
  });
}

export function useEvidence(reviewId: string, number: number) {
  return useQuery({
    queryKey: ["review-evidence", reviewId, number],
    queryFn: () =>
      bodyOf(api.GET("/console/api/reviews/{review_id}/evidence/{number}", { params: { path: { review_id: reviewId, number } } })),
    staleTime: Infinity,
  });
}

export type Said =
  | { verb: "approve"; note: string; checks: string[] }
  | { verb: "reject"; text: string; reasons: GivenReason[] }
  | { verb: "ask"; text: string; reasons: GivenReason[] }
  | { verb: "claim" }
  | { verb: "release" };

/** Say something about a submission; whatever comes of it, what is shown is read again. */
export function useSay(reviewId: string) {
  const client = useQueryClient();
  const params = { path: { review_id: reviewId } };
  return useMutation({
    mutationFn: (said: Said) => {
      switch (said.verb) {
        case "approve":
          return bodyOf(api.POST("/console/api/reviews/{review_id}/approve", { params, body: { note: said.note, checks: said.checks } }));
        case "reject":
          return bodyOf(api.POST("/console/api/reviews/{review_id}/reject", { params, body: { reason: said.text, reasons: said.reasons } }));
        case "ask":
          return bodyOf(api.POST("/console/api/reviews/{review_id}/ask-back", { params, body: { question: said.text, reasons: said.reasons } }));
        case "claim":
          return bodyOf(api.POST("/console/api/reviews/{review_id}/claim", { params }));
        case "release":
          return bodyOf(api.POST("/console/api/reviews/{review_id}/release", { params }));
      }
    },
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ["review", reviewId] });
      await client.invalidateQueries({ queryKey: ["reviews"] });
    },
  });
}

/** One decision about many of a kind; the answer says what became of each. */
export function useBulk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: components["schemas"]["BulkDecision"]) => bodyOf(api.POST("/console/api/reviews/bulk", { body })),
    onSettled: () => client.invalidateQueries({ queryKey: ["reviews"] }),
  });
}
