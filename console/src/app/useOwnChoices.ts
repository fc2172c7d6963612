/** Whoever signs in sees the language and the colours that they chose in this browser before. */
import { useEffect } from "react";

import { chooseLanguage, LANGUAGE, LANGUAGES } from "@/i18n/language";
import { readOwnChoice } from "@/kit/ownChoice";
import { chooseTheme, THEME, themeChoiceOf } from "@/kit/themeChoice";

/** Adopt the choices of a person, as soon as it is known who it is. */
export function useOwnChoices(user: string | undefined): void {
  useEffect(() => {
    if (user === undefined) {
      return;
    }
    const theme = readOwnChoice(THEME, user);
    if (theme !== null) {
      chooseTheme(themeChoiceOf(theme), user);
    }
    const language = LANGUAGES.find((known) => known === readOwnChoice(LANGUAGE, user));
    if (language !== undefined) {
      void chooseLanguage(language, user);
    }
  }, [user]);
}
