import { Card, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { formatCount } from "@/kit/format";
import { Trouble } from "@/kit/Trouble";
import { useTenants } from "@/rooms/carriers/tenants/queries";

const WAITS = ["real_name", "opening"] as const;

function Waiting({ waits }: { waits: (typeof WAITS)[number] }) {
  const { t } = useTranslation();
  const { data, error, isPending, refetch } = useTenants({ waits_for: waits, state: "active", limit: 1 });
  if (isPending) {
    return <Skeleton active title={false} paragraph={{ rows: 1 }} />;
  }
  if (data === undefined) {
    return <Trouble error={error} retry={() => void refetch()} />;
  }
  return (
    <>
      <Link className="nowrap" to={`/tenants?state=active&waits=${waits}`}>
        {t("overview.tenants.count", { total: formatCount(data.total) })}
      </Link>
      <span>{t(`overview.tenants.${waits}`)}</span>
    </>
  );
}

/** Companies that have no service yet, by what they wait for. */
export function TenantsCard() {
  const { t } = useTranslation();
  return (
    <Card title={t("overview.tenants.title")} extra={<Link to="/tenants">{t("overview.tenants.all")}</Link>} data-tenants>
      <ul className="needs" aria-label={t("overview.tenants.title")}>
        {WAITS.map((waits) => (
          <li key={waits} data-waits={waits}>
            <Waiting waits={waits} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
