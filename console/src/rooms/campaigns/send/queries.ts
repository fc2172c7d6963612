/** What the send form asks of the back end. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components } from "@/client/schema";
import { sendFile } from "@/client/upload";
import type { Send } from "@/kit/useUploads";
import type { SendTask } from "@/rooms/campaigns/sendTask";
import { type NumberFile, type Question, type Vendor, type WantedTask, withChosen } from "@/rooms/campaigns/send/values";

const POLL_MS = 500;
const STALE_MS = 30_000;

export function useCards(name: string, isPublic: boolean, isEnabled = true) {
  return useQuery({
    enabled: isEnabled,
    queryKey: ["send-form", "cards", name, isPublic],
    queryFn: () => {
      const query = { name: name === "" ? undefined : name, is_public: isPublic, limit: 100 };
      return bodyOf(api.GET("/console/api/send-form/card-templates", { params: { query } }));
    },
    placeholderData: keepPreviousData,
    staleTime: STALE_MS,
  });
}

/** The chosen card, also where it is not among the first ones that a picker lists. */
export function useCard(tplId: string | undefined) {
  return useQuery({
    queryKey: ["send-form", "card", tplId],
    queryFn: () => bodyOf(api.GET("/console/api/send-form/card-templates/{tpl_id}", { params: { path: { tpl_id: tplId ?? "" } } })),
    enabled: tplId !== undefined,
    retry: false,
    staleTime: STALE_MS,
  });
}

/** The cards of a picker: own and public ones that match what is searched for, and the chosen one while nothing is. */
export function useCardPicker(name: string, tplId: string | undefined) {
  const own = useCards(name, false);
  const preset = useCards(name, true);
  const { data } = useCard(tplId);
  const chosen = name === "" ? data : undefined;
  return {
    own: withChosen(own.data?.items ?? [], chosen, false),
    preset: withChosen(preset.data?.items ?? [], chosen, true),
    isLoading: own.isPending || preset.isPending,
  };
}

export function useDomains() {
  return useQuery({
    queryKey: ["send-form", "domains"],
    queryFn: () => bodyOf(api.GET("/console/api/send-form/domains")),
    staleTime: STALE_MS,
  });
}

export function useVideos(isEnabled: boolean) {
  return useQuery({
    queryKey: ["send-form", "videos"],
    queryFn: () => bodyOf(api.GET("/console/api/send-form/video-templates")),
    enabled: isEnabled,
    staleTime: STALE_MS,
  });
}

export function useSendables(isEnabled = true) {
  return useQuery({
    enabled: isEnabled,
    queryKey: ["sms", "sendable"],
    queryFn: () => bodyOf(api.GET("/console/api/sms/sendable")),
    staleTime: STALE_MS,
  });
}

/** What a choice of templates needs; asked once both are chosen. */
export function useContent(card: string | undefined, sms: string | undefined, domain: string | undefined) {
  return useQuery({
    queryKey: ["send-form", "content", card, sms, domain],
    queryFn: () => {
      const query = { card_template_id: card ?? "", sms_template_id: sms ?? "", domain };
      return bodyOf(api.GET("/console/api/send-form/content", { params: { query } }));
    },
    enabled: card !== undefined && sms !== undefined,
    retry: false,
    staleTime: STALE_MS,
  });
}

/** Send a number file. */
export const sendNumbers: Send = async (file, progress, signal) => {
  const sent = await sendFile<NumberFile>({ url: "/console/api/number-files", file, progress, signal });
  return { id: sent.file_id };
};

/** A number file, read again until it is parsed. */
export function useNumberFile(fileId: string | undefined) {
  return useQuery({
    queryKey: ["number-file", fileId],
    queryFn: () => bodyOf(api.GET("/console/api/number-files/{file_id}", { params: { path: { file_id: fileId ?? "" } } })),
    enabled: fileId !== undefined,
    refetchInterval: ({ state }) => (state.data?.state === "parsed" || state.data?.state === "failed" || state.error ? false : POLL_MS),
  });
}

export function useStartParse() {
  return useMutation({
    mutationFn: (body: Question) => bodyOf(api.POST("/console/api/number-parses", { body: { typed: "", ...body } })),
  });
}

/** 号码解析, read again until it is over. */
export function useParse(parseId: string | undefined) {
  return useQuery({
    queryKey: ["number-parse", parseId],
    queryFn: () => bodyOf(api.GET("/console/api/number-parses/{parse_id}", { params: { path: { parse_id: parseId ?? "" } } })),
    enabled: parseId !== undefined,
    refetchInterval: ({ state }) => ((state.data?.state ?? "parsing") === "parsing" && !state.error ? POLL_MS : false),
  });
}

export function useParsedRow(parseId: string | undefined, number: number) {
  return useQuery({
    queryKey: ["number-parse", parseId, "row", number],
    queryFn: () => {
      const path = { parse_id: parseId ?? "", number };
      return bodyOf(api.GET("/console/api/number-parses/{parse_id}/rows/{number}", { params: { path } }));
    },
    enabled: parseId !== undefined,
    placeholderData: keepPreviousData,
  });
}

/** Make the task; the same key makes it once, however often it is asked for. */
export function useCreateTask() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: WantedTask; key: string }): Promise<SendTask> =>
      bodyOf(api.POST("/console/api/send-tasks", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["send-tasks"] }),
  });
}

export function useTestSend() {
  return useMutation({
    mutationFn: ({ body, key }: { body: components["schemas"]["WantedTest"]; key: string }): Promise<SendTask> =>
      bodyOf(api.POST("/console/api/send-tests", { body, headers: { "Idempotency-Key": key } })),
  });
}

/** Kinds of numbers that can be downloaded after 号码解析. */
export type Kind = "capable" | "incapable" | "invalid" | "opted_out";

export function parsedUrl(parseId: string, kind: Kind): string {
  return `/console/api/number-parses/${encodeURIComponent(parseId)}/recipients.csv?kind=${kind}`;
}

export function sampleUrl(card: string, sms: string): string {
  return `/console/api/send-form/sample.xlsx?${new URLSearchParams({ card_template_id: card, sms_template_id: sms }).toString()}`;
}

/** Where a frame gets the card: of a recipient, or of the template with its examples. */
export function cardUrl(of: { parseId: string; number: number } | { card: string }, vendor: Vendor): string {
  const path =
    "card" in of
      ? `send-form/card-templates/${encodeURIComponent(of.card)}/card`
      : `number-parses/${encodeURIComponent(of.parseId)}/rows/${of.number}/card`;
  return `/console/api/${path}?vendor=${vendor}`;
}
