import { useTranslation } from "react-i18next";

import { formatCount, percentOf } from "@/kit/format";
import { GROUP_COLOURS, Segments } from "@/kit/Segments";
import {
  countIn,
  endedOf,
  GROUP_NAMES,
  GROUPS,
  MESSAGE_STATES,
  type MessageState,
  recipientsOf,
  type SendTask,
} from "@/rooms/campaigns/sendTask";

function useGroups(task: SendTask) {
  const { t } = useTranslation();
  return GROUP_NAMES.map((group) => ({
    key: group,
    label: t(`group.${group}`),
    count: countIn(task.states, GROUPS[group]),
    colour: GROUP_COLOURS[group],
  }));
}

/** A task's progress in a row of a list. */
export function RowProgress({ task }: { task: SendTask }) {
  const total = recipientsOf(task);
  const ended = endedOf(task);
  return (
    <div data-progress={percentOf(ended, total)}>
      <div className="segments-line">
        <span>
          {formatCount(ended)} / {formatCount(total)}
        </span>
        <span>{percentOf(ended, total)}%</span>
      </div>
      <Segments segments={useGroups(task)} total={total} isSmall />
    </div>
  );
}

interface DetailedProgressProps {
  task: SendTask;
  /** States that the messages below are filtered by. */
  chosen: readonly MessageState[];
  choose: (states: MessageState[]) => void;
}

/** A task's progress by state; a state can be chosen as filter of the messages. */
export function DetailedProgress({ task, chosen, choose }: DetailedProgressProps) {
  const { t } = useTranslation();
  const total = recipientsOf(task);
  const colourOf = (state: MessageState) => {
    const group = GROUP_NAMES.find((name) => (GROUPS[name] as readonly MessageState[]).includes(state));
    return GROUP_COLOURS[group ?? "waiting"];
  };
  const shown = MESSAGE_STATES.filter((state) => (task.states[state] ?? 0) > 0);
  return (
    <div data-progress={percentOf(endedOf(task), total)}>
      <Segments segments={useGroups(task)} total={total} />
      <ul className="legend">
        {shown.map((state) => {
          const isChosen = chosen.length === 1 && chosen[0] === state;
          return (
            <li key={state}>
              <button type="button" aria-pressed={isChosen} onClick={() => choose(isChosen ? [] : [state])}>
                <i style={{ background: colourOf(state) }} aria-hidden="true" />
                <span>{t(`messageState.${state}`)}</span>
                <b data-count={state}>{formatCount(task.states[state] ?? 0)}</b>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
