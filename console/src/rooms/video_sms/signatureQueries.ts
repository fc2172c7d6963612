/** Reading and acting on the signatures of video messages. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components, paths } from "@/client/schema";
import { sendFile } from "@/client/upload";
import { withPages } from "@/kit/listResult";
import type { Send, Uploaded } from "@/kit/useUploads";

type Schemas = components["schemas"];
export type VideoSignature = Schemas["VideoSignatureView"];
export type VideoSignatureDetail = Schemas["VideoSignatureDetail"];
export type VideoSignatureBody = Schemas["VideoSignatureBody"];
export type VideoSignatureState = Schemas["VideoSignatureState"];
export type SignatureFileField = Schemas["Body_console_upload_video_signature_file"]["field"];
type SignatureQuery = NonNullable<paths["/console/api/video-signatures"]["get"]["parameters"]["query"]>;

/** The review desk decides while people look. */
const LIST_MS = 10_000;
/** The most that a picker asks for at once; more are found by typing. */
const PICKED = 100;
export const MAX_FILE_BYTES = 2 * 1024 * 1024;
export const SIGNATURE_CHARS = 20;

export function useVideoSignatures(query: SignatureQuery) {
  const read = (wanted: SignatureQuery) => bodyOf(api.GET("/console/api/video-signatures", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: ["video", "signatures", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: LIST_MS,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

/** Approved ones whose name has what was typed. */
export function useApprovedSignatures(typed: string) {
  return useVideoSignatures({ state: ["approved"], limit: PICKED, sort: "name", name: typed === "" ? undefined : typed });
}

export function useVideoSignature(signatureId: string | null) {
  return useQuery({
    queryKey: ["video", "signature", signatureId],
    queryFn: () => bodyOf(api.GET("/console/api/video-signatures/{signature_id}", path(signatureId ?? ""))),
    enabled: signatureId !== null,
  });
}

/** Whether the filing's authorisation covers the company's own signatures. */
export function useSignatureNeeds() {
  return useQuery({
    queryKey: ["video", "signature-needs"],
    queryFn: () => bodyOf(api.GET("/console/api/video-signatures/needs")),
  });
}

const path = (signature_id: string) => ({ params: { path: { signature_id } } });

export const signatureActs = {
  save: (id: string | null, body: VideoSignatureBody) =>
    id === null
      ? bodyOf(api.POST("/console/api/video-signatures", { body }))
      : bodyOf(api.PUT("/console/api/video-signatures/{signature_id}", { ...path(id), body })),
  remove: (id: string) => bodyOf(api.DELETE("/console/api/video-signatures/{signature_id}", path(id))),
  withdraw: (id: string) => bodyOf(api.POST("/console/api/video-signatures/{signature_id}/withdraw", path(id))),
  urge: (id: string) => bodyOf(api.POST("/console/api/video-signatures/{signature_id}/urge", path(id))),
} as const;

export function senderOf(field: SignatureFileField): Send {
  return async (file, progress, signal) => {
    const kept = await sendFile<Schemas["VideoSignatureFileView"]>({
      url: "/console/api/video-signatures/files",
      file,
      fields: { field },
      progress,
      signal,
    });
    return { id: kept.file_id };
  };
}

/** Documents that were handed in before, as the kit's parts show them. */
export function shownFiles(files: VideoSignatureDetail["files"], field?: SignatureFileField): Uploaded[] {
  return files
    .filter((file) => field === undefined || file.field === field)
    .map(({ file_id: id, name, size_bytes: size }) => ({ id, name, size, url: `/console/api/video-signatures/files/${encodeURIComponent(id)}` }));
}
