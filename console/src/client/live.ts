/**
 * The one stream of server-sent events that a page has: what it tells, and whether it stands now.
 *
 * Pages that nobody looks at have none: a browser keeps six connections to a server, and somebody has many tabs.
 * While it stands, lists need not be read again and again; where it does not, they are.
 */

import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";

const URL = "/console/api/live";
/** A stream that the server or the way to it refused is tried again after so long. */
const AGAIN_MS = 30_000;
/** What is being read just now is read once more after this, lest the answer is older than the news. */
const BUSY_MS = 300;

/** What can be followed; `tasks` carries a send task each, the others say that something is not as it was. */
export type Topic = "tasks" | "video-tasks" | "exports" | "reviews" | "alarms" | "channels" | "gateways" | "unknowns" | "callbacks";

export interface Live {
  /** Hear what a topic tells; returns how to stop that. */
  listen: (topic: Topic, heard: (data: unknown) => void) => () => void;
  /** For `useSyncExternalStore`: hear that it stands or stands no more. */
  subscribe: (changed: () => void) => () => void;
  isStanding: () => boolean;
}

/** Make a stream that is open while somebody listens and the page is looked at. */
export function createLive(open: (url: string) => EventSource): Live {
  const listeners = new Map<Topic, Set<(data: unknown) => void>>();
  const watchers = new Set<() => void>();
  let source: EventSource | null = null;
  let told: readonly Topic[] = [];
  let isStanding = false;
  let isAsked = false;
  let timer: number | undefined;

  function stand(now: boolean): void {
    if (isStanding !== now) {
      isStanding = now;
      watchers.forEach((changed) => changed());
    }
  }

  function close(): void {
    window.clearTimeout(timer);
    source?.close();
    source = null;
    stand(false);
  }

  function start(topics: readonly Topic[]): void {
    const opened = open(`${URL}?${new URLSearchParams(topics.map((topic) => ["topic", topic])).toString()}`);
    source = opened;
    told = topics;
    opened.addEventListener("hello", () => stand(true));
    for (const topic of topics) {
      opened.addEventListener(topic, (event: MessageEvent<string>) => {
        const data: unknown = JSON.parse(event.data);
        listeners.get(topic)?.forEach((heard) => heard(data));
      });
    }
    opened.addEventListener("error", () => {
      stand(false);
      if (opened.readyState === EventSource.CLOSED && source === opened) {
        // Refused for good, as far as the browser is concerned; else it comes again by itself.
        source = null;
        timer = window.setTimeout(follow, AGAIN_MS);
      }
    });
  }

  /** Open or close it, as it is wanted now; what nobody wants any more stays in an open one. */
  function follow(): void {
    const topics = [...listeners.keys()].sort();
    if (topics.length === 0 || document.visibilityState !== "visible") {
      close();
    } else if (source === null || topics.some((topic) => !told.includes(topic))) {
      close();
      start(topics);
    }
  }

  /** Follow once the parts of a page have all said what they want. */
  function ask(): void {
    if (!isAsked) {
      isAsked = true;
      queueMicrotask(() => {
        isAsked = false;
        follow();
      });
    }
  }

  return {
    listen: (topic, heard) => {
      if (listeners.size === 0) {
        document.addEventListener("visibilitychange", follow);
      }
      const hearers = listeners.get(topic) ?? new Set();
      listeners.set(topic, hearers.add(heard));
      ask();
      return () => {
        hearers.delete(heard);
        if (hearers.size === 0 && listeners.get(topic) === hearers) {
          listeners.delete(topic);
        }
        if (listeners.size === 0) {
          document.removeEventListener("visibilitychange", follow);
        }
        ask();
      };
    },
    subscribe: (changed) => {
      watchers.add(changed);
      return () => {
        watchers.delete(changed);
      };
    },
    isStanding: () => isStanding,
  };
}

export const live = createLive((url) => new EventSource(url));

/** Tell whether the stream stands: what it tells need not be read as well. */
export function useIsLive(): boolean {
  return useSyncExternalStore(live.subscribe, live.isStanding);
}

/**
 * Read the queries of a page again whenever a topic tells of something, and not again before `restMs` are over: some things
 * move all the time. `isTold` false follows nothing. Tells whether the stream stands.
 */
export function useLiveTopic(topic: Topic, queryKey: QueryKey, isTold = true, restMs = 0): boolean {
  const client = useQueryClient();
  const key = JSON.stringify(queryKey);
  useEffect(() => {
    if (!isTold) {
      return;
    }
    const filters = { queryKey: JSON.parse(key) as QueryKey, type: "active" } as const;
    let timer: number | undefined;
    let restedAt = 0;
    function read(): void {
      window.clearTimeout(timer);
      const waitMs = Math.max(restedAt - Date.now(), client.isFetching(filters) > 0 ? BUSY_MS : 0);
      if (waitMs > 0) {
        timer = window.setTimeout(read, waitMs);
      } else {
        restedAt = Date.now() + restMs;
        void client.invalidateQueries({ queryKey: filters.queryKey });
      }
    }
    const stop = live.listen(topic, read);
    return () => {
      window.clearTimeout(timer);
      stop();
    };
  }, [client, topic, key, isTold, restMs]);
  const isLive = useIsLive();
  return isTold && isLive;
}
