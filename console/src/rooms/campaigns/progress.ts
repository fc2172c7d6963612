/** Live progress: tasks that the page's stream tells are written into the caches of lists and details. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { live } from "@/client/live";
import type { components } from "@/client/schema";
import type { Overview } from "@/rooms/campaigns/queries";
import { addSample, rateOf, type Sample, sentOf } from "@/rooms/campaigns/rate";
import type { SendTask } from "@/rooms/campaigns/sendTask";

type TaskPage = components["schemas"]["TaskPageDocument"];

/** New tasks may come many a second; lists are read again for them at most so often. */
const READ_MS = 2_000;

function replaceIn(tasks: SendTask[], task: SendTask): SendTask[] {
  return tasks.map((known) => (known.task_id === task.task_id ? task : known));
}

function remember(client: QueryClient, task: SendTask): void {
  if (client.getQueryData(["send-task", task.task_id]) !== undefined) {
    client.setQueryData(["send-task", task.task_id], task);
  }
  client.setQueriesData<TaskPage>({ queryKey: ["send-tasks"] }, (list) =>
    list === undefined ? list : { ...list, items: replaceIn(list.items, task) },
  );
  client.setQueryData<Overview>(["overview"], (overview) =>
    overview === undefined
      ? overview
      : { ...overview, running: replaceIn(overview.running, task), recent: replaceIn(overview.recent, task) },
  );
}

/** Does a list show the task in the state it is in now? */
function isShown(client: QueryClient, task: SendTask): boolean {
  const lists = client.getQueriesData<TaskPage>({ queryKey: ["send-tasks"] }).map(([, list]) => list?.items);
  const overview = client.getQueryData<Overview>(["overview"]);
  return [...lists, overview?.running, overview?.recent].some((tasks) =>
    tasks?.some((known) => known.task_id === task.task_id && known.state === task.state),
  );
}

/** Keep the tasks of a page up to date as long as it shows; `heard` gets each as well, and must stay the same function. */
export function useLiveTasks(heard?: (task: SendTask) => void): void {
  const client = useQueryClient();
  useEffect(() => {
    const told = new Map<string, SendTask["state"]>();
    let timer: number | undefined;
    const stop = live.listen("tasks", (data) => {
      const task = data as SendTask;
      // Lists are read again for what is new or is in another state: it may belong elsewhere now.
      if (told.get(task.task_id) !== task.state && !isShown(client, task)) {
        timer ??= window.setTimeout(() => {
          timer = undefined;
          void client.invalidateQueries({ queryKey: ["send-tasks"] });
          void client.invalidateQueries({ queryKey: ["overview"] });
        }, READ_MS);
      }
      if (task.is_final) {
        told.delete(task.task_id);
      } else {
        told.set(task.task_id, task.state);
      }
      remember(client, task);
      heard?.(task);
    });
    return () => {
      window.clearTimeout(timer);
      stop();
    };
  }, [client, heard]);
}

/** Follow one task and tell how fast it sends (messages per second); for a component that is keyed by the task. */
export function useLiveTask(taskId: string): number {
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const [heard] = useState(() => (task: SendTask) => {
    if (task.task_id === taskId) {
      setSamples((known) => (task.is_final ? [] : addSample(known, { at: Date.now(), sent: sentOf(task) })));
    }
  });
  useLiveTasks(heard);
  return rateOf(samples);
}
