import { Card, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { Trouble } from "@/kit/Trouble";
import { useAccount, useSignedIn } from "@/rooms/identity/session";
import { OpenButton } from "@/rooms/overview/OpenButton";
import { OpeningNeeds } from "@/rooms/overview/OpeningNeeds";
import { type Account, isOpen, type KnownService, OPENED_WITH, SERVICES } from "@/rooms/overview/services";

function ServiceCard({ account, service }: { account: Account; service: KnownService }) {
  const { t } = useTranslation();
  const isOpened = isOpen(account, service);
  const companion = OPENED_WITH[service];
  return (
    <Card
      title={t(`overview.services.name.${service}`)}
      extra={
        <StateTag
          state={isOpened ? "opened" : "closed"}
          tone={isOpened ? "good" : "waiting"}
          text={t(isOpened ? "overview.services.opened" : "overview.services.closed")}
        />
      }
      data-service={service}
    >
      <p style={{ marginTop: 0 }}>{t(`overview.services.text.${service}`)}</p>
      {companion !== undefined && (
        <p className="faint">
          {t("overview.services.with", { names: t(`overview.services.name.${companion}`) })}
        </p>
      )}
      {isOpened ? (
        service !== "sms" && <Link to="/filings">{t("overview.services.next")}</Link>
      ) : (
        <OpenButton account={account} service={service} text={t("overview.services.open")} />
      )}
    </Card>
  );
}

/** 开通管理: what opening needs, which services are open, and opening them. */
export function Services() {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const { data, error, isPending, refetch } = useAccount(session);
  return (
    <Page title={t("overview.services.title")} note={t("overview.services.note")}>
      {isPending && <Skeleton active paragraph={{ rows: 8 }} />}
      {error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {data !== undefined && (
        <>
          <Card title={t("overview.services.needs")}>
            <OpeningNeeds account={data} />
          </Card>
          <div className="cards">
            {SERVICES.map((service) => (
              <ServiceCard key={service} account={data} service={service} />
            ))}
          </div>
        </>
      )}
    </Page>
  );
}
