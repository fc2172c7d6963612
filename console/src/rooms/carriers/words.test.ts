import { describe, expect, it } from "vitest";

import type { Channel } from "@/rooms/carriers/queries";
import { stateOf } from "@/rooms/carriers/words";

const NOW = Date.parse("2026-01-01T00:00:20Z");
const channel = (is_enabled: boolean, at: string | null) =>
  ({ is_enabled, health: at === null ? null : { at, state: "up" } }) as unknown as Channel;

describe("the state of a channel", () => {
  it("is what its gateway says", () => {
    expect(stateOf(channel(true, "2026-01-01T00:00:15Z"), NOW)).toBe("up");
  });
  it("is nobody's when no gateway has said anything for long, or ever", () => {
    expect(stateOf(channel(true, "2026-01-01T00:00:05Z"), NOW)).toBe("none");
    expect(stateOf(channel(true, null), NOW)).toBe("none");
  });
  it("is that somebody has disabled it, whatever was said before", () => {
    expect(stateOf(channel(false, "2026-01-01T00:00:19Z"), NOW)).toBe("disabled");
  });
});
