// @vitest-environment jsdom
import { useQuery } from "@tanstack/react-query";
import { act, cleanup, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { useLiveTopic } from "@/client/live";
import { draw } from "@/kit/drawn";

class Source extends EventTarget {
  static readonly CLOSED = 2;
  static last: Source | null = null;
  readyState = 1;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
    Source.last = this;
  }
  close(): void {
    this.readyState = Source.CLOSED;
  }
}

const answers: ((text: string) => void)[] = [];

function Part({ isTold, restMs }: { isTold: boolean; restMs?: number }) {
  const isLive = useLiveTopic("exports", ["exports"], isTold, restMs);
  const { data = "nothing" } = useQuery({ queryKey: ["exports", 1], queryFn: () => new Promise<string>((answer) => answers.push(answer)) });
  return <p>{`${data}, ${isLive ? "told" : "asked"}`}</p>;
}

async function tell(type: string): Promise<void> {
  await act(async () => {
    Source.last?.dispatchEvent(new MessageEvent(type, { data: "{}" }));
    await Promise.resolve();
  });
}

beforeEach(() => {
  vi.stubGlobal("EventSource", Source);
  answers.length = 0;
  Source.last = null;
});
afterEach(cleanup);

it("reads a page's queries again when its topic tells of something, also of what came while they were read", async () => {
  await draw(<Part isTold />);
  await vi.waitFor(() => expect(Source.last?.url).toBe("/console/api/live?topic=exports"));
  await tell("hello");
  answers[0]?.("first");
  expect(await screen.findByText("first, told")).toBeTruthy();
  await tell("exports");
  expect(answers).toHaveLength(2);
  // while that answer is under way, there is news again
  await tell("exports");
  expect(answers).toHaveLength(2);
  answers[1]?.("second");
  expect(await screen.findByText("second, told")).toBeTruthy();
  await vi.waitFor(() => expect(answers).toHaveLength(3));
  answers[2]?.("third");
  expect(await screen.findByText("third, told")).toBeTruthy();
});

it("follows nothing where nothing is to be told", async () => {
  await draw(<Part isTold={false} />);
  answers[0]?.("first");
  expect(await screen.findByText("first, asked")).toBeTruthy();
  expect(Source.last).toBeNull();
});

it("rests between readings of what moves all the time, and misses nothing", async () => {
  await draw(<Part isTold restMs={250} />);
  await vi.waitFor(() => expect(Source.last?.url).toBe("/console/api/live?topic=exports"));
  answers[0]?.("first");
  expect(await screen.findByText("first, asked")).toBeTruthy();
  // the first news after a rest is read at once
  const began = Date.now();
  await tell("exports");
  expect(answers).toHaveLength(2);
  answers[1]?.("second");
  expect(await screen.findByText("second, asked")).toBeTruthy();
  // what comes while it rests is read once, after the rest
  await tell("exports");
  await tell("exports");
  expect(answers).toHaveLength(2);
  await vi.waitFor(() => expect(answers).toHaveLength(3));
  expect(Date.now() - began).toBeGreaterThanOrEqual(250);
  answers[2]?.("third");
  expect(await screen.findByText("third, asked")).toBeTruthy();
  expect(answers).toHaveLength(3);
});
