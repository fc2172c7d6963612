import { QuestionCircleOutlined } from "@ant-design/icons";
import { Tooltip } from "antd";
import type { ReactNode } from "react";

export interface Figure {
  key: string;
  label: string;
  value: ReactNode;
  /** Beside the value. */
  aside?: ReactNode;
  /** Below the value. */
  note?: ReactNode;
  /** What the figure means. */
  help?: string;
}

/** Figures beside each other, as a list of terms. */
export function Figures({ figures }: { figures: Figure[] }) {
  return (
    <dl className="figures">
      {figures.map(({ key, label, value, aside, note, help }) => (
        <div key={key} data-figure={key}>
          <dt>
            {label}
            {help !== undefined && (
              <Tooltip title={help} trigger={["hover", "focus"]}>
                <QuestionCircleOutlined tabIndex={0} aria-label={help} />
              </Tooltip>
            )}
          </dt>
          <dd>
            {value}
            {aside !== undefined && <small>{aside}</small>}
          </dd>
          {note !== undefined && <dd className="figure-note" style={{ fontSize: 12, lineHeight: "18px", fontWeight: 400 }}>{note}</dd>}
        </div>
      ))}
    </dl>
  );
}
