import { describe, expect, it } from "vitest";

import { noteAnswer, onSessionOver } from "./expiry";

describe("noteAnswer", () => {
  it.each([
    [401, "/console/api/send-tasks", 1],
    [401, "/console/api/session", 0],
    [403, "/console/api/send-tasks", 0],
    [200, "/console/api/send-tasks", 0],
  ])("of %d for %s", (status, path, times) => {
    let heard = 0;
    const stop = onSessionOver(() => (heard += 1));
    noteAnswer(status, path);
    stop();
    noteAnswer(status, path);
    expect(heard).toBe(times);
  });
});
