/** Languages of the console: Chinese first, English complete; the choice stays in the browser. */
import dayjs from "dayjs";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import { context } from "@/client/api";
import en from "@/i18n/en.json";
import zh from "@/i18n/zh-CN.json";

import "dayjs/locale/zh-cn";

export const LANGUAGES = ["zh-CN", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
const STORED = "hongyan.language";

/** Tell which language fits what was chosen before, else what the browser asks for. */
export function languageFor(stored: string | null, wanted: readonly string[]): Language {
  const known = LANGUAGES.find((language) => language === stored);
  if (known !== undefined) {
    return known;
  }
  const first = wanted.find((tag) => /^(zh|en)\b/i.test(tag));
  return first?.toLowerCase().startsWith("en") ? "en" : "zh-CN";
}

function apply(language: Language): void {
  document.documentElement.lang = language;
  context.language = language;
  dayjs.locale(language === "en" ? "en" : "zh-cn");
}

/** Change the language now and for later visits. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(STORED, language);
  apply(language);
  await i18next.changeLanguage(language);
}

/** Load the catalogues; call before the first render. */
export async function startLanguage(): Promise<void> {
  const language = languageFor(localStorage.getItem(STORED), navigator.languages);
  apply(language);
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "zh-CN",
    supportedLngs: [...LANGUAGES],
    resources: { "zh-CN": { translation: zh }, en: { translation: en } },
    // React escapes.
    interpolation: { escapeValue: false },
  });
}
