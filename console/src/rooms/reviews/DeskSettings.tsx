import { App, Button, Drawer, Skeleton, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { formatTime } from "@/kit/format";
import { Trouble, useProblemText } from "@/kit/Trouble";
import { useSignedIn } from "@/rooms/identity/session";
import { useGuides, useNeedsTwo } from "@/rooms/reviews/queries";
import { useKindText } from "@/rooms/reviews/words";

/** 双人复核: which kinds need two reviewers; operators of the platform choose, reviewers do not. */
export function DeskSettings() {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const { message } = App.useApp();
  const kindOf = useKindText();
  const textOf = useProblemText();
  const [isOpen, setOpen] = useState(false);
  const { data, error, refetch } = useGuides();
  const { mutateAsync, isPending } = useNeedsTwo();

  async function change(kind: string, needsTwo: boolean): Promise<void> {
    try {
      await mutateAsync({ kind, needsTwo });
      message.success(t("action.done"));
    } catch (refused) {
      message.error(textOf(refused));
    }
  }

  return (
    <>
      <Button onClick={() => setOpen(true)}>{t("reviews.settings.title")}</Button>
      <Drawer open={isOpen} onClose={() => setOpen(false)} title={t("reviews.settings.title")}>
        <p className="faint">{t("reviews.settings.note")}</p>
        {error !== null && <Trouble error={error} retry={() => void refetch()} />}
        {data === undefined && error === null && <Skeleton active />}
        {data?.items.map((guide) => (
          <div key={guide.kind} className="review-setting">
            <div>
              {kindOf(guide.kind)}
              {guide.changed_at !== null && <div className="faint">{t("reviews.settings.changed", { by: guide.changed_by, at: formatTime(guide.changed_at, zone) })}</div>}
            </div>
            <Switch aria-label={kindOf(guide.kind)} checked={guide.needs_two} disabled={isPending} onChange={(needsTwo) => void change(guide.kind, needsTwo)} />
          </div>
        ))}
      </Drawer>
    </>
  );
}
