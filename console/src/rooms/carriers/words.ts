/** Words of the line: states of channels and why they are so. */
import type { TFunction } from "i18next";

import type { Tone } from "@/kit/StateTag";
import type { Channel } from "@/rooms/carriers/queries";

export type ShownState = "up" | "degraded" | "down" | "idle" | "none" | "disabled";

export const TONES: Record<ShownState, Tone> = {
  up: "good",
  degraded: "unclear",
  down: "bad",
  idle: "waiting",
  none: "bad",
  disabled: "left",
};
export const FLOW_TONES = { running: "good", paused: "waiting", draining: "busy" } as const satisfies Record<string, Tone>;
const REASONS = [
  "connecting",
  "no_connection",
  "login_refused",
  "login_refused_already_bound",
  "throttled",
  "quota",
  "misconfigured",
  "no_reports",
  "database_away",
  "paused",
  "draining",
  "handing_over",
] as const;
/** Health is written every two seconds: older than this, nobody works on the channel. */
const STALE_MS = 10_000;

/** How a channel is, as people shall see it; `now` is the time of reading. */
export function stateOf(channel: Channel, now: number): ShownState {
  if (!channel.is_enabled) {
    return "disabled";
  }
  const { health } = channel;
  return health === null || now - Date.parse(health.at) > STALE_MS ? "none" : health.state;
}

/** Why a channel is not simply well; empty when it is. */
export function reasonOf(t: TFunction, { health }: Channel): string {
  if (health === null || health.reason === "") {
    return "";
  }
  const known = REASONS.find((one) => one === health.reason) ?? "other";
  return [t(`carriers.reason.${known}`), health.detail].filter((text) => text !== "").join(": ");
}
