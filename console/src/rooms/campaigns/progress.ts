/** Live progress: a stream of server-sent events per watched task, written into the caches of lists and details. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import type { components } from "@/client/schema";
import type { Overview } from "@/rooms/campaigns/queries";
import { addSample, rateOf, type Sample, sentOf } from "@/rooms/campaigns/rate";
import type { SendTask } from "@/rooms/campaigns/sendTask";

type TaskPage = components["schemas"]["TaskPageDocument"];

/** A browser keeps six connections to a server over HTTP/1.1, and pages need some of them; further tasks are polled. */
const MAX_STREAMS = 3;

function replaceIn(tasks: SendTask[], task: SendTask): SendTask[] {
  return tasks.map((known) => (known.task_id === task.task_id ? task : known));
}

function remember(client: QueryClient, task: SendTask): void {
  client.setQueryData(["send-task", task.task_id], task);
  client.setQueriesData<TaskPage>({ queryKey: ["send-tasks"] }, (list) =>
    list === undefined ? list : { ...list, items: replaceIn(list.items, task) },
  );
  client.setQueryData<Overview>(["overview"], (overview) =>
    overview === undefined
      ? overview
      : { ...overview, running: replaceIn(overview.running, task), recent: replaceIn(overview.recent, task) },
  );
}

function watch(taskId: string, heard: (task: SendTask) => void): () => void {
  const source = new EventSource(`/console/api/send-tasks/${encodeURIComponent(taskId)}/progress`);
  source.addEventListener("progress", (event: MessageEvent<string>) => {
    const task = JSON.parse(event.data) as SendTask;
    heard(task);
    if (task.is_final) {
      // Else the browser would open the ended stream again.
      source.close();
    }
  });
  return () => source.close();
}

/** Watch the first few tasks of a list as long as the page shows them. */
export function useLiveTasks(tasks: readonly SendTask[]): void {
  const client = useQueryClient();
  const ids = tasks
    .filter((task) => !task.is_final)
    .slice(0, MAX_STREAMS)
    .map((task) => task.task_id)
    .join(",");
  useEffect(() => {
    const ends = ids === "" ? [] : ids.split(",").map((id) => watch(id, (task) => remember(client, task)));
    return () => ends.forEach((end) => end());
  }, [client, ids]);
}

/** Watch one task and tell how fast it sends (messages per second). */
export function useLiveTask(taskId: string, isOpen: boolean): number {
  const client = useQueryClient();
  const [samples, setSamples] = useState<Sample[]>([]);
  useEffect(() => {
    if (!isOpen) {
      return undefined;
    }
    return watch(taskId, (task) => {
      remember(client, task);
      setSamples((known) => addSample(known, { at: Date.now(), sent: sentOf(task) }));
    });
  }, [client, taskId, isOpen]);
  return isOpen ? rateOf(samples) : 0;
}
