/** Languages of the console: Chinese first, English complete; the choice stays in the browser. */
import dayjs from "dayjs";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import { context } from "@/client/api";
import { keepChoice, readChoice } from "@/kit/ownChoice";

import "dayjs/locale/zh-cn";

export const LANGUAGES = ["zh-CN", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE = "language";
/** Any of the rooms: where its texts are, all are. */
const ROOM = "campaigns";

/** Tell which language fits what was chosen before, else what the browser asks for. */
export function languageFor(stored: string | null, wanted: readonly string[]): Language {
  const known = LANGUAGES.find((language) => language === stored);
  if (known !== undefined) {
    return known;
  }
  const first = wanted.find((tag) => /^(zh|en)\b/i.test(tag));
  return first?.toLowerCase().startsWith("en") ? "en" : "zh-CN";
}

/** Whether the texts of the rooms behind sign-in are wanted too: they are most of all, and pages before it need none. */
let areRoomsWanted = false;

/** Fetch the texts of a language; a browser fetches the other one only when somebody wants it. */
async function load(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "translation")) {
    const { first } = language === "en" ? await import("@/i18n/english") : await import("@/i18n/chinese");
    i18next.addResourceBundle(language, "translation", first);
  }
  if (areRoomsWanted && i18next.getResource(language, "translation", ROOM) === undefined) {
    const { rooms } = language === "en" ? await import("@/i18n/englishRooms") : await import("@/i18n/chineseRooms");
    i18next.addResourceBundle(language, "translation", rooms, true);
  }
}

/** Fetch the texts of all rooms, now and with every language chosen later; call before one of their pages shows. */
export async function startRooms(): Promise<void> {
  areRoomsWanted = true;
  await load(i18next.language === "en" ? "en" : "zh-CN");
}

function apply(language: Language): void {
  document.documentElement.lang = language;
  context.language = language;
  dayjs.locale(language === "en" ? "en" : "zh-cn");
}

/** Change the language now and for later visits; `user` is who chose, if somebody is signed in. */
export async function chooseLanguage(language: Language, user?: string): Promise<void> {
  await load(language);
  keepChoice(LANGUAGE, language, user);
  apply(language);
  await i18next.changeLanguage(language);
}

/** Load the catalogue; call before the first render. */
export async function startLanguage(): Promise<void> {
  const language = languageFor(readChoice(LANGUAGE), navigator.languages);
  apply(language);
  await i18next.use(initReactI18next).init({
    supportedLngs: [...LANGUAGES],
    // Every key is in both catalogues: a test watches it.
    fallbackLng: false,
    resources: {},
    // React escapes.
    interpolation: { escapeValue: false },
  });
  await load(language);
  await i18next.changeLanguage(language);
}
