import { useEffect } from "react";
import { NavigationType, useLocation, useNavigationType } from "react-router";

/** Begin each page at its top; where somebody goes back, the browser finds the place again. */
export function useTopOfPage(): void {
  const { pathname } = useLocation();
  const type = useNavigationType();
  useEffect(() => {
    if (type !== NavigationType.Pop) {
      window.scrollTo(0, 0);
    }
    // Filters and pages of lists change the address too: they leave the reader where he is.
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only when the page is another one
  }, [pathname]);
}
