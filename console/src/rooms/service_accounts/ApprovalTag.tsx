import { useTranslation } from "react-i18next";

import { StateTag } from "@/kit/StateTag";
import type { Account, AccountPart } from "@/rooms/service_accounts/queries";
import { APPROVAL_TONES } from "@/rooms/service_accounts/words";

/** What the desk said of an account or a part of it: why it was turned down, or what is asked. */
export function ApprovalTag({ of }: { of: Pick<Account | AccountPart, "approval" | "review_desc" | "is_asked_back"> }) {
  const { t } = useTranslation();
  const { approval, review_desc: reason, is_asked_back: isAskedBack } = of;
  return (
    <StateTag
      state={approval}
      tone={APPROVAL_TONES[approval]}
      text={t(`service_accounts.approvalName.${approval}`)}
      reason={approval === "rejected" ? reason : undefined}
      isAskedBack={isAskedBack}
    />
  );
}
