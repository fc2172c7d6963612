/** Ask before somebody leaves a page with changes that are saved nowhere. */
import { App } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useBlocker } from "react-router";

/** What must leave the page does not ask: somebody else has signed in. */
export const leaving = { isForced: false };

/** While `isDirty` says so, leaving the page asks first; a reload and closing ask in the browser's own words. */
export function useLeaveGuard(isDirty: () => boolean): void {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => isDirty() && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (isDirty() && !leaving.isForced) {
        event.preventDefault();
      }
    };
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isDirty]);
  useEffect(() => {
    if (blocker.state === "blocked") {
      const dialog = modal.confirm({
        title: t("kit.form.leaveAsk"),
        content: t("kit.form.leaveText"),
        okText: t("kit.form.leave"),
        cancelText: t("kit.form.stay"),
        okButtonProps: { danger: true },
        onOk: () => blocker.proceed(),
        onCancel: () => blocker.reset(),
      });
      return () => dialog.destroy();
    }
    return undefined;
  }, [blocker, modal, t]);
}
