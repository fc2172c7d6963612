/**
 * The one stream of server-sent events that a page has: what it tells, and whether it stands now.
 *
 * Pages that nobody looks at have none: a browser keeps six connections to a server, and somebody has many tabs.
 * While it stands, lists need not be read again and again; where it does not, they are.
 */

import { useSyncExternalStore } from "react";

const URL = "/console/api/live";
/** A stream that the server or the way to it refused is tried again after so long. */
const AGAIN_MS = 30_000;

export interface Live {
  /** Hear one event; returns how to stop that. */
  listen: (heard: (data: unknown) => void) => () => void;
  /** For `useSyncExternalStore`: hear that it stands or stands no more. */
  subscribe: (changed: () => void) => () => void;
  isStanding: () => boolean;
}

/** Make a stream that is open while somebody listens and the page is looked at. */
export function createLive(open: (url: string) => EventSource): Live {
  const listeners = new Set<(data: unknown) => void>();
  const watchers = new Set<() => void>();
  let source: EventSource | null = null;
  let isStanding = false;
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

  function start(): void {
    const opened = open(URL);
    source = opened;
    opened.addEventListener("hello", () => stand(true));
    opened.addEventListener("task", (event: MessageEvent<string>) => {
      const data: unknown = JSON.parse(event.data);
      listeners.forEach((heard) => heard(data));
    });
    opened.addEventListener("error", () => {
      stand(false);
      if (opened.readyState === EventSource.CLOSED && source === opened) {
        // Refused for good, as far as the browser is concerned; else it comes again by itself.
        source = null;
        timer = window.setTimeout(follow, AGAIN_MS);
      }
    });
  }

  /** Open or close it, as it is wanted now. */
  function follow(): void {
    const isWanted = listeners.size > 0 && document.visibilityState === "visible";
    if (!isWanted) {
      close();
    } else if (source === null) {
      window.clearTimeout(timer);
      start();
    }
  }

  return {
    listen: (heard) => {
      if (listeners.size === 0) {
        document.addEventListener("visibilitychange", follow);
      }
      listeners.add(heard);
      follow();
      return () => {
        listeners.delete(heard);
        if (listeners.size === 0) {
          document.removeEventListener("visibilitychange", follow);
        }
        follow();
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
