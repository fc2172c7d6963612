import { useTranslation } from "react-i18next";

import { useReasonText } from "@/rooms/campaigns/reasons";

interface CarrierCodeProps {
  code: string | null;
  /** What it means, by language, where the list of codes knows. */
  text: Readonly<Record<string, string>> | null;
}

/** A code of a message and, under it, what it means: also for who cannot point at it. */
export function CarrierCode({ code, text }: CarrierCodeProps) {
  const { i18n } = useTranslation();
  const reasonOf = useReasonText();
  if (code === null) {
    return "–";
  }
  const meaning = text?.[i18n.language] ?? reasonOf(code);
  return (
    <>
      <span className="mono">{code}</span>
      {meaning !== undefined && meaning !== code && <div className="faint">{meaning}</div>}
    </>
  );
}
