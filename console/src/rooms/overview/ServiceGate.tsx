import { Card } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { Page } from "@/kit/Page";
import type { Service } from "@/kit/roomPage";
import { OpenButton } from "@/rooms/overview/OpenButton";
import { OpeningNeeds } from "@/rooms/overview/OpeningNeeds";
import { type Account, isKnown } from "@/rooms/overview/services";

/** How to open the service that a page needs. */
export function ServiceGate({ account, service }: { account: Account; service: Service }) {
  const { t } = useTranslation();
  if (!isKnown(service)) {
    return null;
  }
  const name = t(`overview.services.name.${service}`);
  return (
    <Page
      title={t("overview.services.gateTitle", { name })}
      note={t("overview.services.gateText", { name })}
      actions={<OpenButton account={account} service={service} text={t("overview.services.openNow")} />}
    >
      <Card
        title={t("overview.services.needs")}
        extra={<Link to="/services">{t("overview.services.toServices")}</Link>}
        data-service-gate={service}
      >
        <p style={{ marginTop: 0 }}>{t(`overview.services.text.${service}`)}</p>
        <OpeningNeeds account={account} />
      </Card>
    </Page>
  );
}
