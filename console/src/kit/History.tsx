import { Timeline } from "antd";
import { useTranslation } from "react-i18next";

import { formatTime } from "@/kit/format";
import type { Tone } from "@/kit/StateTag";
import { COLOURS } from "@/kit/theme";

export interface Event {
  key: string;
  /** A moment in UTC. */
  at: string;
  /** What happened, in words. */
  what: string;
  who?: string | null;
  note?: string | null;
  tone?: Tone;
}

/** What happened to something, in the order given. */
export function History({ events, zone }: { events: readonly Event[]; zone: string }) {
  const { t } = useTranslation();
  if (events.length === 0) {
    return <p className="faint">{t("kit.noHistory")}</p>;
  }
  return (
    <Timeline
      items={events.map(({ key, at, what, who, note, tone }) => ({
        key,
        color: COLOURS[tone ?? "waiting"],
        content: (
          <>
            <div>
              <strong>{what}</strong>
              {who != null && who !== "" && <> · {who}</>}
            </div>
            <small className="faint nowrap">{formatTime(at, zone)}</small>
            {note != null && note !== "" && <div style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{note}</div>}
          </>
        ),
      }))}
    />
  );
}
