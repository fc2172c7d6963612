import { Alert } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface RejectReasonProps {
  reason: string;
  /** When, as people read it. */
  at?: string;
  /** What can be done about it, such as a button to submit again. */
  action?: ReactNode;
}

/** Why something was turned down, where its owner will look. */
export function RejectReason({ reason, at, action }: RejectReasonProps) {
  const { t } = useTranslation();
  return (
    <Alert
      type="error"
      showIcon
      data-reject-reason
      title={t("kit.rejected")}
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
