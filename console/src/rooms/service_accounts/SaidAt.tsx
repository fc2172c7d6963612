import { useTranslation } from "react-i18next";

import type { ShortcutSheet } from "@/rooms/service_accounts/shortcutQueries";

/** What the desk said about one field of what it turned down. */
export function SaidAt({ field, reasons }: { field: string; reasons: ShortcutSheet["reasons"] }) {
  const { i18n } = useTranslation();
  return reasons
    .filter((reason) => reason.field === field)
    .map(({ zh, en }) => (
      <div key={zh} data-said={field} role="note" className="said">
        {i18n.language === "en" ? en : zh}
      </div>
    ));
}
