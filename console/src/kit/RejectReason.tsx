import { Alert } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface RejectReasonProps {
  reason: string;
  /** The desk asks for more rather than refuses. */
  isAskedBack?: boolean;
  /** When, as people read it. */
  at?: string;
  /** What can be done about it, such as a button to submit again. */
  action?: ReactNode;
}

/** Why something was turned down, or what is asked, where its owner will look. */
export function RejectReason({ reason, isAskedBack = false, at, action }: RejectReasonProps) {
  const { t } = useTranslation();
  return (
    <Alert
      type={isAskedBack ? "warning" : "error"}
      showIcon
      data-reject-reason={isAskedBack ? "asked" : "rejected"}
      title={t(isAskedBack ? "kit.askedBack" : "kit.rejected")}
      description={
        <>
          <div style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{reason}</div>
          {at !== undefined && <small className="faint">{at}</small>}
        </>
      }
      action={action}
    />
  );
}
