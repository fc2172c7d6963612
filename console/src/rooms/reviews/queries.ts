/** Reading the review desk and deciding. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";

export const REVIEW_STATES = ["pending", "approved", "rejected", "withdrawn"] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

const QUEUE_MS = 15_000;

export function useReviews(state: ReviewState, offset: number, limit: number) {
  return useQuery({
    queryKey: ["reviews", state, offset, limit],
    queryFn: () => bodyOf(api.GET("/console/api/reviews", { params: { query: { state, offset, limit } } })),
    placeholderData: keepPreviousData,
    refetchInterval: QUEUE_MS,
  });
}

export function useReview(reviewId: string | null) {
  return useQuery({
    queryKey: ["review", reviewId],
    queryFn: () =>
      bodyOf(api.GET("/console/api/reviews/{review_id}", { params: { path: { review_id: reviewId ?? "" } } })),
    enabled: reviewId !== null,
  });
}

/** Approve, or reject with a reason. */
export function useDecision(reviewId: string) {
  const client = useQueryClient();
  const params = { path: { review_id: reviewId } };
  return useMutation({
    mutationFn: (reason: string | null) =>
      reason === null
        ? bodyOf(api.POST("/console/api/reviews/{review_id}/approve", { params, body: { note: "" } }))
        : bodyOf(api.POST("/console/api/reviews/{review_id}/reject", { params, body: { reason } })),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ["review", reviewId] });
      await client.invalidateQueries({ queryKey: ["reviews"] });
    },
  });
}
