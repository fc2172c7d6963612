/** The services of an account: which are open, and opening them. */
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components } from "@/client/schema";

export type Account = components["schemas"]["AccountView"];

/** What can be opened here; the vendor's other services are not built. */
export const SERVICES = ["smart", "service_accounts", "basic", "sms"] as const;
export type KnownService = (typeof SERVICES)[number];

/** Services that are opened together with another. */
export const OPENED_WITH: Partial<Record<KnownService, KnownService>> = { smart: "sms" };

export function isKnown(service: string): service is KnownService {
  return SERVICES.some((known) => known === service);
}

export function isOpen(account: Account, service: KnownService): boolean {
  return account.services.some((one) => one.service === service && one.opened);
}

/** Return the services that are open now and were not before. */
export function newlyOpened(before: Account, after: Account): KnownService[] {
  return SERVICES.filter((service) => isOpen(after, service) && !isOpen(before, service));
}

/** May the account open services: verified, and with an address? */
export function mayOpen(account: Account): boolean {
  return account.real_name === "verified" && account.contact_email !== null;
}

export function useOpenService() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: KnownService) =>
      bodyOf(api.POST("/console/api/services/{name}/open", { params: { path: { name } } })),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ["account"] });
      await client.invalidateQueries({ queryKey: ["overview"] });
    },
  });
}

export function useBindEmail() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (email: string) => bodyOf(api.PUT("/console/api/account/email", { body: { email } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["account"] }),
  });
}
