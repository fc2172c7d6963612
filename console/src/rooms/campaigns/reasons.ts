/** Why a task or a message is where it is: codes have a text in the catalogue, other reasons are texts already. */
import { useTranslation } from "react-i18next";

export const REASONS = ["window", "restored", "incapable", "opted_out", "no_route", "wrong_value"] as const;
type Reason = (typeof REASONS)[number];

/** Reasons that say no more than the state does. */
const SILENT: readonly string[] = ["", "paused", "cancelled"];

function isKnown(reason: string): reason is Reason {
  return (REASONS as readonly string[]).includes(reason);
}

/** Return a function that tells a reason in the user's language; nothing when there is nothing to tell. */
export function useReasonText(): (reason: string | null) => string | undefined {
  const { t } = useTranslation();
  return (reason) => {
    if (reason === null || SILENT.includes(reason)) {
      return undefined;
    }
    return isKnown(reason) ? t(`reason.${reason}`) : reason;
  };
}
