import { Tag, Tooltip } from "antd";
import { useTranslation } from "react-i18next";

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
  /** The desk asks for more rather than refuses: it says so instead of {@link text}, and {@link reason} is the question. */
  isAskedBack?: boolean;
}

/** A state in words and colour. */
export function StateTag({ state, tone, text, reason, isAskedBack = false }: StateTagProps) {
  const { t } = useTranslation();
  const isExplained = reason != null && reason !== "";
  const tag = (
    <Tag color={TAGS[isAskedBack ? "unclear" : tone]} data-state={state} data-asked={isAskedBack || undefined} tabIndex={isExplained ? 0 : undefined} style={isExplained ? { cursor: "help" } : undefined}>
      {isAskedBack ? t("kit.askedBack") : text}
    </Tag>
  );
  return isExplained ? <Tooltip title={reason} trigger={["hover", "focus"]}>{tag}</Tooltip> : tag;
}
