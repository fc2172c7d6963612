// @vitest-environment jsdom
import { act, cleanup } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { api } from "@/client/api";
import { draw } from "@/kit/drawn";
import { useAddress, useAttempts, usePosts } from "@/rooms/callbacks/queries";
import { useChannels, useLine, useSystem } from "@/rooms/carriers/queries";
import { usePolicies, useUnknowns } from "@/rooms/receipts/queries";

class Source extends EventTarget {
  static last: Source | null = null;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
    Source.last = this;
  }
  close(): void {
    Source.last = null;
  }
}

function Line() {
  useChannels();
  useLine();
  useSystem();
  return null;
}

function Unknowns() {
  useUnknowns({});
  usePolicies();
  return null;
}

function Address() {
  useAddress("a");
  usePosts("a", {});
  useAttempts("a", {});
  return null;
}

let asked: string[] = [];

/** What is asked until nothing more is for a moment, without the head that all paths have. */
async function settled(): Promise<string[]> {
  await act(async () => {
    for (let seen = -1; seen !== asked.length; ) {
      seen = asked.length;
      await new Promise((done) => setTimeout(done, 50));
    }
  });
  const found = asked.map((path) => path.replace("/console/api/", "")).sort();
  asked = [];
  return found;
}

async function tell(type: string): Promise<void> {
  await act(async () => {
    Source.last?.dispatchEvent(new MessageEvent(type, { data: "{}" }));
    await Promise.resolve();
  });
}

beforeEach(() => {
  asked = [];
  vi.stubGlobal("EventSource", Source);
  vi.spyOn(api, "GET").mockImplementation(((path: string) => {
    asked.push(path);
    return Promise.resolve({ data: { items: [], total: 0 }, response: new Response() });
  }) as never);
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe("what the stream tells", () => {
  it("is read again by pages of the line, each by its own topic", async () => {
    await draw(<Line />);
    expect(await settled()).toEqual(["channels", "line", "system"]);
    expect(Source.last?.url).toBe("/console/api/live?topic=channels&topic=gateways&topic=unknowns");
    await tell("channels");
    expect(await settled()).toEqual(["channels", "line"]);
    await tell("unknowns");
    expect(await settled()).toEqual(["line"]);
    await tell("gateways");
    expect(await settled()).toEqual(["system"]);
  });

  it("is read again by the list of unknown messages and its policies", async () => {
    await draw(<Unknowns />);
    expect(await settled()).toEqual(["unknowns", "unknowns/policies"]);
    expect(Source.last?.url).toBe("/console/api/live?topic=unknowns");
    await tell("unknowns");
    expect(await settled()).toEqual(["unknowns", "unknowns/policies"]);
  });

  it("is read again by an address, its posts and its log", async () => {
    await draw(<Address />);
    const all = ["callbacks/{address_id}", "callbacks/{address_id}/attempts", "callbacks/{address_id}/posts"];
    expect(await settled()).toEqual(all);
    expect(Source.last?.url).toBe("/console/api/live?topic=callbacks");
    await tell("callbacks");
    expect(await settled()).toEqual(all);
  });
});
