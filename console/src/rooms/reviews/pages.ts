import type { RoomPage } from "@/kit/roomPage";
import { mayReview } from "@/rooms/identity/session";

export const pages: readonly RoomPage[] = [
  {
    path: "reviews",
    load: async () => (await import("@/rooms/reviews/ReviewQueue")).ReviewQueue,
    may: mayReview,
    menu: { group: "platform", order: 10, text: "menu.reviews" },
  },
  {
    path: "reviews/:reviewId",
    load: async () => (await import("@/rooms/reviews/ReviewPage")).ReviewPage,
    may: mayReview,
  },
];
