import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { usePreconditions } from "@/rooms/sms/queries";

export type Missing = "filing" | "filingReviewing" | "filingRejected" | "app" | "signature";

const WAYS: Record<Missing, string> = {
  filing: "/filings",
  filingReviewing: "/filings",
  filingRejected: "/filings",
  app: "/sms-apps",
  signature: "/sms-signatures",
};

/** What has to be there before an app, a signature or a template can be made; `undefined` while nobody knows. */
export function useMissing(wanted: "app" | "signature" | "template"): Missing | null | undefined {
  const { data } = usePreconditions();
  if (data === undefined) {
    return undefined;
  }
  if (data.filing_state !== "approved" && wanted !== "template") {
    return data.filing_state === "reviewing" ? "filingReviewing" : data.filing_state === "rejected" ? "filingRejected" : "filing";
  }
  if (wanted !== "app" && data.usable_apps === 0) {
    return "app";
  }
  return wanted === "template" && data.usable_signatures === 0 ? "signature" : null;
}

/** Says what is missing, and leads there. */
export function MissingNotice({ missing }: { missing: Missing | null | undefined }) {
  const { t } = useTranslation();
  return (
    missing != null && (
      <Alert
        type="info"
        showIcon
        data-missing={missing}
        title={t(`sms.missing.${missing}`)}
        description={t(`sms.missing.${missing}Text`)}
        action={<Link to={WAYS[missing]}>{t(`sms.missing.${missing}Way`)}</Link>}
      />
    )
  );
}
