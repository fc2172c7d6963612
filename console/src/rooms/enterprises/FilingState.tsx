import { useTranslation } from "react-i18next";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { formatTime } from "@/kit/format";
import { StateTag } from "@/kit/StateTag";
import { mayUrge, shownState, STATE_TONES } from "@/rooms/enterprises/filing";
import { type Filing, useUrgeFiling } from "@/rooms/enterprises/queries";
import { may, useSignedIn } from "@/rooms/identity/session";

/** A filing's state in words and colour. */
export function FilingTag({ filing }: { filing: Filing }) {
  const { t } = useTranslation();
  const state = shownState(filing);
  return <StateTag state={state} tone={STATE_TONES[state]} text={t(`enterprises.state.${state}`)} />;
}

/** Until when the desk has promised to decide, and a way to remind it. */
export function FilingClock({ filing }: { filing: Filing }) {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const urge = useUrgeFiling(filing.scene);
  const { pending } = filing;
  if (pending === null) {
    const at = filing.decided_at;
    return at === null ? null : <div className="faint">{t("enterprises.decidedAt", { at: formatTime(at, zone) })}</div>;
  }
  const isLate = new Date(pending.due_at) < new Date();
  const isPossible = mayUrge(filing, new Date());
  return (
    <div data-clock={filing.scene}>
      <div className="faint">{t("enterprises.submittedAt", { at: formatTime(pending.submitted_at, zone) })}</div>
      <div className="faint">
        {isLate
          ? t("enterprises.overdue")
          : t(pending.due_is_certain ? "enterprises.due" : "enterprises.dueUncertain", { at: formatTime(pending.due_at, zone) })}
      </div>
      {pending.urge_count > 0 && (
        <div className="faint">
          {t("enterprises.urgeCount", { count: pending.urge_count, at: formatTime(pending.urged_at, zone) })}
        </div>
      )}
      {may(session, "hongyan:filing:edit") &&
        (isPossible ? (
          <ConfirmAction
            text={t("enterprises.urge")}
            ask={t("enterprises.urgeAsk")}
            consequence={t("enterprises.urgeText")}
            act={() => urge.mutateAsync()}
            done={t("enterprises.urged")}
            size="small"
          />
        ) : (
          <div className="faint">{t("enterprises.urgeLater", { at: formatTime(pending.urging_possible_at, zone) })}</div>
        ))}
    </div>
  );
}
