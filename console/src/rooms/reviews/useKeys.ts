/** Keys of the review desk. They rest while somebody types, and while a dialog is open unless they are the dialog's own. */
import { useEffect, useRef } from "react";

export type Keys = Readonly<Record<string, () => void>>;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [role=combobox]"));
}

/** Call what a key stands for; `isOn` false lets all keys rest. */
export function useKeys(keys: Keys, isOn = true): void {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    if (!isOn) {
      return;
    }
    const press = (event: KeyboardEvent) => {
      const act = current.current[event.key];
      if (act === undefined || event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) {
        return;
      }
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [isOn]);
}
