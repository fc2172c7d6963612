/** Words of the audit log: what the catalogue knows in words, the rest as the back end calls it. */
import type { ParseKeys } from "i18next";
import { useTranslation } from "react-i18next";

export function useAuditNames() {
  const { t, i18n } = useTranslation();
  const named = (group: string, word: string) => {
    const key = `identity.audit.${group}.${word}`;
    // The catalogue says whether it is one of its keys.
    return i18n.exists(key) ? t(key as ParseKeys) : word;
  };
  return {
    action: (word: string) => named("action", word),
    kind: (word: string) => named("kindOf", word),
    via: (word: string) => named("viaOf", word),
  };
}
