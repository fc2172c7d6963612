/** Words of filings in the user's language. */
import { useTranslation } from "react-i18next";

/** The word in the user's language, of something that brings both. */
export function useWord(): (word: { zh: string; en: string }) => string {
  const { i18n } = useTranslation();
  return ({ zh, en }) => (i18n.language === "en" ? en : zh);
}

const ACTIONS = ["submitted", "urged", "approved", "rejected", "asked_back", "withdrawn"] as const;

export function useActionText(): (action: string) => string {
  const { t } = useTranslation();
  return (action) => {
    const known = ACTIONS.find((name) => name === action);
    return known === undefined ? action : t(`enterprises.action.${known}`);
  };
}

const GROUPS = ["certificate", "company", "letters", "others", "special"] as const;

export function useGroupText(): (group: string) => string {
  const { t } = useTranslation();
  return (group) => {
    const known = GROUPS.find((name) => name === group);
    return known === undefined ? group : t(`enterprises.group.${known}`);
  };
}
