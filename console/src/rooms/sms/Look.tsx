import { Alert, Button, Tag } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Objection } from "@/rooms/sms/queries";

const TYPING_MS = 350;

/** Give a value once it has rested: what is typed is not asked about letter by letter. */
export function useRested<T>(value: T): T {
  const key = JSON.stringify(value);
  const [rested, setRested] = useState({ key, value });
  useEffect(() => {
    const timer = window.setTimeout(() => setRested({ key, value }), TYPING_MS);
    return () => window.clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key says whether the value is another one
  }, [key]);
  return rested.value;
}

interface LookProps {
  /** `undefined` while nothing was looked at. */
  objections: readonly Objection[] | undefined;
  /** The text that the places of objections are about. */
  text?: string;
  /** Lead to a place in it. */
  show?: (start: number, end: number) => void;
}

/** What a look at a draft found: what the platform refuses first, then what a reviewer may say. */
export function Look({ objections, text = "", show }: LookProps) {
  const { t, i18n } = useTranslation();
  const sorted = [...(objections ?? [])].sort((one, other) => Number(one.severity === "likely") - Number(other.severity === "likely"));
  const language = i18n.language.startsWith("zh") ? "zh" : "en";
  return (
    <section aria-label={t("sms.look.title")} aria-live="polite" className="stack" style={{ gap: 8 }} data-look={objections?.length ?? "none"}>
      {objections === undefined && <span className="faint">{t("sms.look.waiting")}</span>}
      {objections?.length === 0 && <Alert type="success" showIcon title={t("sms.look.clean")} />}
      {sorted.length > 0 && (
        <ul style={{ margin: 0, padding: 0, listStyle: "none", display: "grid", gap: 8 }}>
          {sorted.map((one) => {
            const place = one.start !== null && one.end !== null && one.field === "template_content" ? text.slice(one.start, one.end) : "";
            return (
              <li key={`${one.code}-${one.field}-${one.start ?? ""}`} data-objection={one.code}>
                <Tag color={one.severity === "refused" ? "error" : "warning"}>{t(`sms.look.${one.severity}`)}</Tag>
                {one[language]}
                {place !== "" && (
                  <Button
                    type="link"
                    size="small"
                    aria-label={t("sms.look.show", { text: place })}
                    onClick={() => show?.(one.start ?? 0, one.end ?? 0)}
                  >
                    {place}
                  </Button>
                )}
              </li>
            );
          })}
        </ul>
      )}
      <small className="faint">{t("sms.look.note")}</small>
    </section>
  );
}
