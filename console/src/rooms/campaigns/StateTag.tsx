import { Tag } from "antd";
import { useTranslation } from "react-i18next";

import { GROUP_NAMES, GROUPS, type MessageState, type TaskState } from "@/rooms/campaigns/sendTask";

const TASK_COLOURS: Record<TaskState, string> = {
  draft: "default",
  parsing: "processing",
  ready: "blue",
  scheduled: "blue",
  held: "warning",
  running: "processing",
  paused: "warning",
  finishing: "processing",
  finished: "success",
  cancelled: "default",
  refused: "error",
};

const GROUP_TAGS = {
  good: "success",
  busy: "processing",
  waiting: "default",
  bad: "error",
  unclear: "warning",
  left: "default",
} as const;

export function TaskStateTag({ state }: { state: TaskState }) {
  const { t } = useTranslation();
  return (
    <Tag color={TASK_COLOURS[state]} data-state={state}>
      {t(`taskState.${state}`)}
    </Tag>
  );
}

export function MessageStateTag({ state }: { state: MessageState }) {
  const { t } = useTranslation();
  const group = GROUP_NAMES.find((name) => (GROUPS[name] as readonly MessageState[]).includes(state)) ?? "waiting";
  return (
    <Tag color={GROUP_TAGS[group]} data-state={state}>
      {t(`messageState.${state}`)}
    </Tag>
  );
}
