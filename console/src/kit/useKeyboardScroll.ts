import { type RefObject, useEffect, useRef } from "react";

/**
 * Let the keyboard reach, and so scroll, a table that is wider than its place, even where nothing in it takes the focus.
 * @param isShown whether the table is there
 * @param label what a screen reader calls the place
 * @returns for the element around the table
 */
export function useKeyboardScroll(isShown: boolean, label: string): RefObject<HTMLDivElement | null> {
  const around = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = around.current?.querySelector<HTMLElement>(".ant-table-content");
    if (!isShown || place == null) {
      return undefined;
    }
    const watch = new ResizeObserver(() => {
      // The library measures with a copy of the header, its "select all" among it, which nobody is to reach.
      for (const copy of place.querySelectorAll<HTMLElement>(".ant-table-measure-row")) {
        copy.inert = true;
      }
      if (place.scrollWidth > place.clientWidth) {
        place.tabIndex = 0;
        place.role = "group";
        place.ariaLabel = label;
      } else {
        for (const name of ["tabindex", "role", "aria-label"]) {
          place.removeAttribute(name);
        }
      }
    });
    // The place narrows with the window, the table widens with its columns.
    for (const element of [place, ...place.children]) {
      watch.observe(element);
    }
    return () => watch.disconnect();
  }, [isShown, label]);
  return around;
}
