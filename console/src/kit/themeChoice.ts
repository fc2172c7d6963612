/** Light, dark, or as the system has it: kept in the browser, in force at once. `public/theme.js` paints it first. */
import { useSyncExternalStore } from "react";

import { keepChoice, readChoice } from "@/kit/ownChoice";

export const THEME_CHOICES = ["system", "light", "dark"] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];
export type ShownTheme = "light" | "dark";
export const THEME = "theme";

const wantsDark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

/** Make a choice of a stored text; what is none means the system's. */
export function themeChoiceOf(stored: string | null): ThemeChoice {
  return THEME_CHOICES.find((known) => known === stored) ?? "system";
}

/** Tell what is shown for a choice. */
export function shownFor(choice: ThemeChoice, isSystemDark: boolean): ShownTheme {
  return choice === "dark" || (choice === "system" && isSystemDark) ? "dark" : "light";
}

let current = themeChoiceOf(readChoice(THEME));

function apply(): void {
  document.documentElement.dataset.theme = shownFor(current, wantsDark.matches);
  listeners.forEach((heard) => heard());
}

/** Change the colours now and for later visits; `user` is who chose, if somebody is signed in. */
export function chooseTheme(choice: ThemeChoice, user: string | undefined): void {
  current = choice;
  keepChoice(THEME, choice, user);
  apply();
}

function listen(heard: () => void): () => void {
  listeners.add(heard);
  wantsDark.addEventListener("change", apply);
  return () => {
    listeners.delete(heard);
    if (listeners.size === 0) {
      wantsDark.removeEventListener("change", apply);
    }
  };
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(listen, () => current);
}

/** What is shown now. */
export function useShownTheme(): ShownTheme {
  return useSyncExternalStore(listen, () => shownFor(current, wantsDark.matches));
}
