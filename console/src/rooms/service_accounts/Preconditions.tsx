import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useGuide } from "@/rooms/service_accounts/queries";

/** Says that the filing is missing, and leads there. */
export function FilingNotice() {
  const { t } = useTranslation();
  const { data } = useGuide();
  return (
    data?.is_filed === false && (
      <Alert
        type="info"
        showIcon
        data-missing="filing"
        title={t("service_accounts.missing.filing")}
        description={t("service_accounts.missing.filingText")}
        action={<Link to="/filings/service_account">{t("service_accounts.missing.filingWay")}</Link>}
      />
    )
  );
}
