/** Reading reports; ordering exports and looking how far they are. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import { useLiveTopic } from "@/client/live";
import type { components, paths } from "@/client/schema";

export type SendRow = components["schemas"]["SendRowView"];
export type SendPoint = components["schemas"]["SendPointView"];
export type SendSums = components["schemas"]["SendSumsView"];
export type VideoRow = components["schemas"]["VideoRowView"];
export type VideoPoint = components["schemas"]["VideoPointView"];
export type VideoCounts = components["schemas"]["VideoCountsView"];
export type VideoBy = components["schemas"]["VideoSplit"];
export type TapRow = components["schemas"]["TapRowView"];
export type TapPoint = components["schemas"]["TapPointView"];
export type TapCounts = components["schemas"]["TapCountsView"];
export type TapItem = components["schemas"]["TapItemView"];
export type TapTarget = components["schemas"]["TapTarget"];
export type CardRow = components["schemas"]["CardRowView"];
export type CardDay = components["schemas"]["CardDayView"];
export type CardCounts = Omit<CardDay, "day">;
export type Vendor = components["schemas"]["Vendor"];
export type Export = components["schemas"]["ExportView"];
export type ExportState = components["schemas"]["ExportState"];

type Sorted = "/console/api/reports/sends" | "/console/api/reports/videos" | "/console/api/reports/templates" | "/console/api/exports";
type SortOf<P extends Sorted> = NonNullable<paths[P]["get"]["parameters"]["query"]>["sort"];

const MOVING_MS = 1_500;
const RESTING_MS = 15_000;
const CHOICES = 100;

interface Days {
  from: string | undefined;
  to: string | undefined;
}

export interface SendQuery extends Days {
  by: "day" | "month";
  tpl_id: string | undefined;
  tpl_name: string | undefined;
  sort: SortOf<"/console/api/reports/sends">;
  offset: number;
  limit: number;
}

export function useSendReport(query: SendQuery) {
  return useQuery({
    queryKey: ["send-report", query],
    queryFn: () => bodyOf(api.GET("/console/api/reports/sends", { params: { query } })),
    placeholderData: keepPreviousData,
  });
}

export interface VideoQuery extends Days {
  by: VideoBy;
  tpl_id: string | undefined;
  tpl_name: string | undefined;
  sort: SortOf<"/console/api/reports/videos">;
  offset: number;
  limit: number;
}

export function useVideoReport(query: VideoQuery) {
  return useQuery({
    queryKey: ["video-report", query],
    queryFn: () => bodyOf(api.GET("/console/api/reports/videos", { params: { query } })),
    placeholderData: keepPreviousData,
  });
}

type TapSort = NonNullable<paths["/console/api/reports/service-accounts"]["get"]["parameters"]["query"]>["sort"];
type TapItemSort = NonNullable<paths["/console/api/reports/service-accounts/items"]["get"]["parameters"]["query"]>["sort"];

export interface TapQuery extends Days {
  by: "day" | "month";
  pub_id: string | undefined;
  pub_name: string | undefined;
  offset: number;
  limit: number;
}

/** Taps on service accounts, by account. */
export function useTapReport(query: TapQuery & { sort: TapSort }) {
  return useQuery({
    queryKey: ["tap-report", query],
    queryFn: () => bodyOf(api.GET("/console/api/reports/service-accounts", { params: { query } })),
    placeholderData: keepPreviousData,
  });
}

/** Taps on service accounts, by what was tapped. */
export function useTapItems(query: TapQuery & { target: TapTarget | undefined; sort: TapItemSort }) {
  return useQuery({
    queryKey: ["tap-items", query],
    queryFn: () => bodyOf(api.GET("/console/api/reports/service-accounts/items", { params: { query } })),
    placeholderData: keepPreviousData,
  });
}

export interface CardQuery extends Days {
  tpl_id: string[];
  vendor: Vendor[];
}

export function useCardReport(query: CardQuery & { sort: SortOf<"/console/api/reports/templates">; offset: number; limit: number }) {
  return useQuery({
    queryKey: ["card-report", query],
    queryFn: () => bodyOf(api.GET("/console/api/reports/templates", { params: { query } })),
    placeholderData: keepPreviousData,
  });
}

/** One template by day and by vendor; not asked while there is none. */
export function useCardDetails(tplId: string | undefined, { from, to, vendor }: CardQuery) {
  return useQuery({
    enabled: tplId !== undefined,
    queryKey: ["card-report", tplId, from, to, vendor],
    queryFn: () => {
      const params = { path: { tpl_id: tplId ?? "" }, query: { from, to, vendor } };
      return bodyOf(api.GET("/console/api/reports/templates/{tpl_id}", { params }));
    },
  });
}

/** Card templates to choose from: the own ones and the public ones. */
export function useCardChoices() {
  return useQuery({
    queryKey: ["card-choices", CHOICES],
    queryFn: () => bodyOf(api.GET("/console/api/send-form/card-templates", { params: { query: { limit: CHOICES } } })),
    staleTime: 60_000,
  });
}

export interface ExportQuery {
  kind: string[];
  state: ExportState[];
  whose: "mine" | "all";
  sort: SortOf<"/console/api/exports">;
  offset: number;
  limit: number;
}

export function isOpen({ state }: Pick<Export, "state">): boolean {
  return state === "waiting" || state === "running";
}

/** Read the download centre, often while something is being made. */
export function useExports(query: ExportQuery) {
  const isTold = useLiveTopic("exports", ["exports"]);
  return useQuery({
    queryKey: ["exports", query],
    queryFn: () => bodyOf(api.GET("/console/api/exports", { params: { query } })),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (!isTold && state.data?.items.some(isOpen) ? MOVING_MS : RESTING_MS),
  });
}

/** Which lists the user may export. */
export function useExportKinds() {
  return useQuery({
    queryKey: ["export-kinds"],
    queryFn: () => bodyOf(api.GET("/console/api/exports/kinds")),
    staleTime: 300_000,
  });
}

export type ExportAct = "cancel" | "retry";

/** Ways to change what is exported; each reads the download centre again. */
export function useExportActs() {
  const client = useQueryClient();
  async function after<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } finally {
      await client.invalidateQueries({ queryKey: ["exports"] });
    }
  }
  return {
    order: (body: components["schemas"]["ExportBody"]) => after(bodyOf(api.POST("/console/api/exports", { body }))),
    change: (id: string, act: ExportAct) => {
      const params = { params: { path: { export_id: id } } };
      return after(
        act === "cancel"
          ? bodyOf(api.POST("/console/api/exports/{export_id}/cancel", params))
          : bodyOf(api.POST("/console/api/exports/{export_id}/retry", params)),
      );
    },
  };
}

/** Where the browser fetches the file of an export. */
export function fileUrl({ id }: Export): string {
  return `/console/api/exports/${encodeURIComponent(id)}/file`;
}
