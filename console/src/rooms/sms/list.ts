/** What the three lists ask of the back end in the same way: page, order, name and days of making. */
import { readDay, readList, useFilters } from "@/kit/filters";
import { startOfDay } from "@/kit/zones";
import { useSignedIn } from "@/rooms/identity/session";

export function useListQuery() {
  const { zone } = useSignedIn();
  const [params] = useFilters();
  const { offset, limit, sort } = readList(params, ["created_at", "name"]);
  const from = readDay(params, "from");
  const to = readDay(params, "to");
  return {
    offset,
    limit,
    sort,
    name: params.get("name") ?? undefined,
    begin: from === undefined ? undefined : startOfDay(from, zone),
    end: to === undefined ? undefined : startOfDay(to, zone, 1),
  };
}
