/** How an address is doing, and what is posted, in words. */
import { useTranslation } from "react-i18next";

import type { Tone } from "@/kit/StateTag";
import type { Callback, Post, TenantKind } from "@/rooms/callbacks/queries";

export const AIM_KINDS = ["aim.single", "aim.template", "aim.batch"] as const satisfies readonly TenantKind[];
export const VIDEO_KINDS = ["video.status", "video.reply"] as const satisfies readonly TenantKind[];

export type Health = "unused" | "well" | "failing" | "paused" | "disabled";
export const HEALTH_TONES: Record<Health, Tone> = { unused: "waiting", well: "good", failing: "unclear", paused: "unclear", disabled: "bad" };

/** How an address is doing. A pause that is over is tried at once: it ends or is made longer. */
export function healthOf(address: Pick<Callback, "state" | "failures" | "last_attempt_at" | "paused_until">): Health {
  if (address.state === "disabled") {
    return "disabled";
  }
  if (address.paused_until !== null) {
    return "paused";
  }
  if (address.failures > 0) {
    return "failing";
  }
  return address.last_attempt_at === null ? "unused" : "well";
}

export type PostState = Post["state"];
export const POST_TONES: Record<PostState, Tone> = { waiting: "busy", delivered: "good", dead: "bad" };
export const POST_STATES = Object.keys(POST_TONES) as PostState[];

const DOCUMENTS = ["sms", "shortchain", "card_template", "video_status", "video_reply", "video_template", "uplink"] as const;

/** What a post tells of. */
export function useDocumentName(): (document: string) => string {
  const { t } = useTranslation();
  return (document) => {
    const known = DOCUMENTS.find((one) => one === document);
    return known === undefined ? document : t(`callbacks.document.${known}`);
  };
}

const ERRORS = ["outgoing_timeout", "outgoing_unreachable", "outgoing_refused", "outgoing_too_large", "disabled"] as const;

/** Why a try failed: what we know of it is translated, the rest is the network's own. */
export function useErrorText(): (error: string | null, status: number | null) => string {
  const { t } = useTranslation();
  return (error, status) => {
    if (status !== null) {
      return `HTTP ${status}`;
    }
    const [word = "", ...rest] = (error ?? "").split(":");
    const known = ERRORS.find((one) => one === word.trim());
    const said = known === undefined ? (error ?? "") : [t(`callbacks.failure.${known}`), rest.join(":").trim()].filter(Boolean).join(" · ");
    return said === "" ? "–" : said;
  };
}
