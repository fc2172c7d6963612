import { Tag, Tooltip } from "antd";

/** What a state means to who waits for it. */
export type Tone = "good" | "busy" | "waiting" | "bad" | "unclear" | "left";

const TAGS = {
  good: "success",
  busy: "processing",
  waiting: "default",
  bad: "error",
  unclear: "warning",
  left: "default",
} as const satisfies Record<Tone, string>;

interface StateTagProps {
  state: string;
  tone: Tone;
  text: string;
  /** Why it is so; shows when the tag is pointed at or focused. */
  reason?: string | null;
}

/** A state in words and colour. */
export function StateTag({ state, tone, text, reason }: StateTagProps) {
  const isExplained = reason != null && reason !== "";
  const tag = (
    <Tag color={TAGS[tone]} data-state={state} tabIndex={isExplained ? 0 : undefined} style={isExplained ? { cursor: "help" } : undefined}>
      {text}
    </Tag>
  );
  return isExplained ? <Tooltip title={reason} trigger={["hover", "focus"]}>{tag}</Tooltip> : tag;
}
