// @vitest-environment jsdom
import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { draw } from "@/kit/drawn";
import { type Permission, type SignedIn, SignedInContext } from "@/rooms/identity/session";
import { PlatformOverview } from "@/rooms/overview/PlatformOverview";

const read = (data: unknown) => ({ data, error: null, isPending: false, dataUpdatedAt: Date.parse("2026-11-23T02:00:00Z"), refetch: vi.fn() }) as never;

vi.mock(import("@/rooms/reviews/queries"), async (original) => ({
  ...(await original()),
  useCounts: () => read({ items: [{ kind: "sms.signature", pending: 4, overdue: 1, urged: 0, unclaimed: 3, mine: 1, due_at: "2026-11-23T01:00:00Z" }] }),
}));
vi.mock(import("@/rooms/carriers/queries"), async (original) => ({
  ...(await original()),
  useAlarms: () =>
    read({ items: [{ kind: "channel_down", severity: "critical", subject: "mobile-1", since: "2026-11-23T01:30:00Z", value: 9, detail: "", seen_at: "", cleared_at: null }] }),
  useChannels: () => read({ items: [{ is_enabled: true, health: { state: "down", at: "2026-11-23T01:59:59Z" } }] }),
}));
vi.mock(import("@/rooms/carriers/tenants/queries"), async (original) => ({
  ...(await original()),
  useTenants: ({ waits_for: waits }: { waits_for?: string | null }) => read({ items: [], total: waits === "opening" ? 2 : 7 }),
}));

afterEach(cleanup);

async function show(...permissions: Permission[]): Promise<void> {
  const signedIn = { session: { permissions, tenant: null, user: { roles: [] } }, zone: "Asia/Shanghai" } as unknown as SignedIn;
  await draw(
    <SignedInContext value={signedIn}>
      <PlatformOverview />
    </SignedInContext>,
  );
}

const linksOf = (within: Element | null) => [...(within?.querySelectorAll("a") ?? [])].map((link) => link.getAttribute("href"));

it("shows a reviewer what waits, and leads to each part of the queue", async () => {
  await show("hongyan:review:list");
  expect(linksOf(document.querySelector("[data-figure=overdue]"))).toEqual(["/reviews?mark=overdue"]);
  expect(document.querySelector("[data-figure=due]")?.textContent).toContain("09:00");
  expect(linksOf(document.querySelector("[data-row-key='sms.signature']"))).toEqual([
    "/reviews?kind=sms.signature",
    "/reviews?kind=sms.signature&mark=overdue",
    "/reviews?kind=sms.signature&claim=mine",
  ]);
  expect(document.querySelector("[data-alarms], [data-channels], [data-tenants]")).toBeNull();
});

it("shows an operator alarms by severity, channels by state and tenants that wait", async () => {
  await show("hongyan:channel:list", "hongyan:tenant:list");
  expect(document.querySelector("[data-alarm=channel_down]")?.textContent).toContain("严重");
  expect(screen.getByText(/mobile-1/)).toBeTruthy();
  expect(linksOf(document.querySelector("[data-channels-state=down]"))).toEqual(["/channels?state=down"]);
  expect(linksOf(document.querySelector("[data-waits=opening]"))).toEqual(["/tenants?state=active&waits=opening"]);
  expect(document.querySelector("[data-waits=real_name]")?.textContent).toContain("7");
  expect(document.querySelector("[data-desk]")).toBeNull();
});
