// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { createLive, type Live, type Topic } from "@/client/live";

class Source extends EventTarget {
  static readonly CLOSED = 2;
  static made: Source[] = [];
  readyState = 1;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
    Source.made.push(this);
  }
  close(): void {
    this.readyState = Source.CLOSED;
  }
  tell(type: string, data: unknown = {}): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
  fail(readyState: number): void {
    this.readyState = readyState;
    this.dispatchEvent(new Event("error"));
  }
}

function last(): Source {
  const source = Source.made.at(-1);
  if (source === undefined) {
    throw new Error("no stream was opened");
  }
  return source;
}

function look(state: DocumentVisibilityState): void {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(state);
  document.dispatchEvent(new Event("visibilitychange"));
}

describe("the stream of a page", () => {
  let live: Live;
  let stops: (() => void)[];
  /** Parts of a page say together what they want. */
  const listen = async (heard: (data: unknown) => void = () => undefined, topic: Topic = "tasks") => {
    const stop = live.listen(topic, heard);
    stops.push(stop);
    await Promise.resolve();
    return stop;
  };
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("EventSource", Source);
    Source.made = [];
    stops = [];
    look("visible");
    live = createLive((url) => new Source(url) as unknown as EventSource);
  });

  afterEach(() => {
    stops.forEach((stop) => stop());
    vi.useRealTimers();
  });

  it("is one for all listeners, and stands once it was heard of", async () => {
    const heard: unknown[] = [];
    await listen((data) => heard.push(data));
    await listen((data) => heard.push(data));
    expect(Source.made.map(({ url }) => url)).toEqual(["/console/api/live?topic=tasks"]);
    expect(live.isStanding()).toBe(false);
    last().tell("hello");
    last().tell("tasks", { task_id: "1" });
    expect([live.isStanding(), heard]).toEqual([true, [{ task_id: "1" }, { task_id: "1" }]]);
    stops.forEach((stop) => stop());
    await Promise.resolve();
    expect([live.isStanding(), last().readyState]).toEqual([false, Source.CLOSED]);
  });

  it("is one for what the parts of a page want, opened anew only for what it does not tell yet", async () => {
    const heard: string[] = [];
    const both = [listen(() => heard.push("alarms"), "alarms"), listen(() => heard.push("reviews"), "reviews")];
    await Promise.all(both);
    expect(Source.made.map(({ url }) => url)).toEqual(["/console/api/live?topic=alarms&topic=reviews"]);
    last().tell("reviews");
    expect(heard).toEqual(["reviews"]);
    // one part goes, another one comes for the same: the stream stays
    stops[0]?.();
    await listen(() => undefined, "alarms");
    expect(Source.made).toHaveLength(1);
    last().tell("hello");
    await listen(() => undefined, "exports");
    expect(Source.made.map(({ readyState }) => readyState)).toEqual([Source.CLOSED, 1]);
    expect(live.isStanding()).toBe(false);
    expect(last().url).toBe("/console/api/live?topic=alarms&topic=exports&topic=reviews");
  });

  it("stands no more while the browser comes again by itself", async () => {
    const changed = vi.fn();
    live.subscribe(changed);
    await listen();
    last().tell("hello");
    last().fail(0);
    expect([live.isStanding(), Source.made.length]).toEqual([false, 1]);
    last().tell("hello");
    expect([live.isStanding(), changed.mock.calls.length]).toEqual([true, 3]);
  });

  it("is tried again after a while where it was refused", async () => {
    await listen();
    last().fail(Source.CLOSED);
    expect(Source.made).toHaveLength(1);
    vi.advanceTimersByTime(30_000);
    expect(Source.made).toHaveLength(2);
  });

  it("is not kept for a page that nobody looks at", async () => {
    const stop = await listen();
    last().tell("hello");
    look("hidden");
    expect([live.isStanding(), last().readyState]).toEqual([false, Source.CLOSED]);
    look("visible");
    expect(Source.made).toHaveLength(2);
    stop();
    look("hidden");
    look("visible");
    expect(Source.made).toHaveLength(2);
  });
});
