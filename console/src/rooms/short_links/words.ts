/** What states of links and domains mean to who waits for them. */
import { useFilters, readDay, readList } from "@/kit/filters";
import type { Tone } from "@/kit/StateTag";
import { startOfDay } from "@/kit/zones";
import { useSignedIn } from "@/rooms/identity/session";
import type { DomainCheck, LinkDetail, LinkDomain } from "@/rooms/short_links/queries";

export const LINK_TONES: Record<LinkDetail["status"], Tone> = { success: "good", unresolved: "waiting", fail: "bad" };
export const LINK_STATUSES = Object.keys(LINK_TONES) as LinkDetail["status"][];
export const DOMAIN_TONES: Record<LinkDomain["state"], Tone> = { reviewing: "busy", active: "good", rejected: "bad", disabled: "left" };
export const DOMAIN_STATES = Object.keys(DOMAIN_TONES) as LinkDomain["state"][];
export const REACH_TONES: Record<DomainCheck["https"], Tone> = { here: "good", elsewhere: "unclear", private: "bad", failed: "bad" };
export const NAME_CHARS = 30;

/** What both lists ask in the same way: the page and the days. */
export function usePageAndDays() {
  const { zone } = useSignedIn();
  const [params] = useFilters();
  const { offset, limit } = readList(params);
  const from = readDay(params, "from");
  const to = readDay(params, "to");
  return {
    offset,
    limit,
    begin: from === undefined ? undefined : startOfDay(from, zone),
    end: to === undefined ? undefined : startOfDay(to, zone, 1),
  };
}
