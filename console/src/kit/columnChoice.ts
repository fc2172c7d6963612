/** Which columns of a table somebody wants to see; the choice stays in the browser. */
import { useState } from "react";

const PREFIX = "hongyan.columns.";

/** Return the hidden columns that were stored, if the stored text is one of ours. */
export function readHidden(table: string): string[] | undefined {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(PREFIX + table) ?? "null");
    return Array.isArray(stored) ? stored.filter((key) => typeof key === "string") : undefined;
  } catch {
    return undefined;
  }
}

/** The hidden columns of a table and a way to change them. */
export function useHiddenColumns(table: string, hiddenAtFirst: readonly string[]): [readonly string[], (hidden: string[]) => void] {
  const [hidden, setHidden] = useState<readonly string[]>(() => readHidden(table) ?? hiddenAtFirst);
  return [
    hidden,
    (next) => {
      setHidden(next);
      localStorage.setItem(PREFIX + table, JSON.stringify(next));
    },
  ];
}
