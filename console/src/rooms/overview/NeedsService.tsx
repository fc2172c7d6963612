import { Skeleton } from "antd";
import { lazy, type ReactNode, Suspense } from "react";

import type { Service } from "@/kit/roomPage";
import { useAccount, useSignedIn } from "@/rooms/identity/session";

// Most see it never, or once.
const ServiceGate = lazy(async () => ({ default: (await import("@/rooms/overview/ServiceGate")).ServiceGate }));

interface NeedsServiceProps {
  /** `null`: none is needed. */
  service: Service | null;
  children: ReactNode;
}

/** Pages of a service that the company has not opened show how to open it. */
export function NeedsService({ service, children }: NeedsServiceProps) {
  const { session } = useSignedIn();
  const { data, isPending } = useAccount(session);
  if (service === null || session.tenant === null) {
    return children;
  }
  if (isPending) {
    return <Skeleton active paragraph={{ rows: 8 }} />;
  }
  // Without the account's data the page itself says what is wrong.
  if (data === undefined || data.services.some((one) => one.service === service && one.opened)) {
    return children;
  }
  return (
    <Suspense fallback={<Skeleton active paragraph={{ rows: 8 }} />}>
      <ServiceGate account={data} service={service} />
    </Suspense>
  );
}
