/** Reading and steering channels, alarms, channel numbers, the system. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import { useLiveTopic } from "@/client/live";
import type { components, paths } from "@/client/schema";
import { withPages } from "@/kit/listResult";

export type Channel = components["schemas"]["ChannelView"];
export type ChannelChange = components["schemas"]["ChannelChange"];
export type NewChannel = components["schemas"]["NewChannel"];
export type Flow = components["schemas"]["Flow"];
export type Line = components["schemas"]["LineView"];
export type Alarm = components["schemas"]["AlarmView"];
export type NumberRow = components["schemas"]["SignatureNumberView"];
export type RouteQuestion = components["schemas"]["RouteQuestion"];
export type Route = components["schemas"]["RouteView"];
export type AlarmsQuery = NonNullable<paths["/console/api/alarms"]["get"]["parameters"]["query"]>;
export type NumbersQuery = NonNullable<paths["/console/api/signature-numbers"]["get"]["parameters"]["query"]>;

/** Gateways write health every two seconds. */
const LIVE_MS = 2_000;
const SLOW_MS = 5_000;
/** Where a stream tells of changes. */
const CALM_MS = 30_000;

export function useChannels() {
  const isTold = useLiveTopic("channels", ["line", "channels"], true, LIVE_MS);
  return useQuery({
    queryKey: ["line", "channels"],
    queryFn: () => bodyOf(api.GET("/console/api/channels")),
    refetchInterval: isTold ? CALM_MS : LIVE_MS,
  });
}

/** What waits and what is unknown; what waits for a channel that stands still is told by nobody. */
export function useLine() {
  useLiveTopic("channels", ["line", "waiting"], true, LIVE_MS);
  const isTold = useLiveTopic("unknowns", ["line", "waiting"], true, LIVE_MS);
  return useQuery({
    queryKey: ["line", "waiting"],
    queryFn: () => bodyOf(api.GET("/console/api/line")),
    refetchInterval: isTold ? SLOW_MS : LIVE_MS,
  });
}

/** What stopping a channel would mean; asked anew whenever somebody is about to. */
export function useStandIns(name: string, isAsked: boolean) {
  return useQuery({
    queryKey: ["line", "stand-ins", name],
    queryFn: () => bodyOf(api.GET("/console/api/channels/{name}/stand-ins", { params: { path: { name } } })),
    enabled: isAsked,
    staleTime: 0,
  });
}

/** The alarms that hold. */
export function useAlarms() {
  const isTold = useLiveTopic("alarms", ["line", "alarms"]);
  return useQuery({
    queryKey: ["line", "alarms", "holding"],
    queryFn: () => bodyOf(api.GET("/console/api/alarms", { params: { query: { limit: 1000 } } })),
    placeholderData: keepPreviousData,
    refetchInterval: isTold ? CALM_MS : SLOW_MS,
  });
}

/** A page of the alarms that are asked for. */
export function useAlarmPage(query: AlarmsQuery) {
  const isTold = useLiveTopic("alarms", ["line", "alarms"]);
  const read = (wanted: AlarmsQuery) => bodyOf(api.GET("/console/api/alarms", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: ["line", "alarms", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: isTold ? CALM_MS : SLOW_MS,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

export function useNumbers(query: NumbersQuery) {
  const read = (wanted: NumbersQuery) => bodyOf(api.GET("/console/api/signature-numbers", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: ["line", "numbers", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: SLOW_MS,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

/** Gateways come and go by the stream; how much memory each process has is read now and then. */
export function useSystem() {
  useLiveTopic("gateways", ["line", "system"]);
  return useQuery({ queryKey: ["line", "system"], queryFn: () => bodyOf(api.GET("/console/api/system")), refetchInterval: SLOW_MS });
}

export function useChecks() {
  return useQuery({
    queryKey: ["line", "checks"],
    queryFn: () => bodyOf(api.GET("/console/api/system/checks")),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
}

const at = (name: string) => ({ params: { path: { name } } });

export const acts = {
  add: (body: NewChannel) => bodyOf(api.POST("/console/api/channels", { body })),
  change: (name: string, body: ChannelChange) => bodyOf(api.PATCH("/console/api/channels/{name}", { ...at(name), body })),
  flow: (name: string, flow: Flow) => bodyOf(api.PUT("/console/api/channels/{name}/flow", { ...at(name), body: { flow } })),
  secret: (name: string, secret: string) =>
    bodyOf(api.PUT("/console/api/channels/{name}/secret", { ...at(name), body: { secret } })),
  remove: (name: string) => bodyOf(api.DELETE("/console/api/channels/{name}", at(name))),
  route: (body: RouteQuestion) => bodyOf(api.POST("/console/api/channel-route", { body })),
  number: (row: NumberRow, channel_number: string) =>
    bodyOf(
      api.PUT("/console/api/signature-numbers/{tenant_id}/{signature_id}", {
        params: { path: { tenant_id: row.tenant_id, signature_id: row.signature_id } },
        body: { channel_number },
      }),
    ),
};

/** Act, and read everything of the line again, also after a refusal. */
export function useAct() {
  const client = useQueryClient();
  return async <R>(act: () => Promise<R>): Promise<R> => {
    try {
      return await act();
    } finally {
      await client.invalidateQueries({ queryKey: ["line"] });
    }
  };
}
