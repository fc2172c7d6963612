/** What a state of a submission means to a reviewer. */
import type { Tone } from "@/kit/StateTag";
import type { ReviewState } from "@/rooms/reviews/queries";

export const TONES: Record<ReviewState, Tone> = { pending: "busy", approved: "good", rejected: "bad", withdrawn: "left" };
