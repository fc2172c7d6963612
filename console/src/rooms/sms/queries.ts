/** Reading and acting on SMS apps, signatures and templates. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components, paths } from "@/client/schema";
import { sendFile } from "@/client/upload";
import { withPages } from "@/kit/listResult";
import type { Send } from "@/kit/useUploads";

export type SmsApp = components["schemas"]["AppView"];
export type Signature = components["schemas"]["SignatureView"];
export type SignatureDetail = components["schemas"]["SignatureDetail"];
export type SignatureBody = components["schemas"]["SignatureBody"];
export type Answers = components["schemas"]["AnswersView"];
export type Template = components["schemas"]["TemplateView"];
export type TemplateDetail = components["schemas"]["TemplateDetail"];
export type TemplateBody = components["schemas"]["TemplateBody"];
export type TemplateDraft = components["schemas"]["TemplateDraft"];
export type Objection = components["schemas"]["ObjectionView"];
export type Story = components["schemas"]["StoryView"];
export type VariableType = components["schemas"]["VariableType"];

export type AppQuery = NonNullable<paths["/console/api/sms/apps"]["get"]["parameters"]["query"]>;
export type SignatureQuery = NonNullable<paths["/console/api/sms/signatures"]["get"]["parameters"]["query"]>;
export type TemplateQuery = NonNullable<paths["/console/api/sms/templates"]["get"]["parameters"]["query"]>;

/** The review desk decides while people look. */
const LIST_MS = 10_000;
export const MAX_PICTURE_BYTES = 2 * 1024 * 1024;
export const PICTURE_TYPES = [".jpg", ".jpeg", ".png", ".gif"];
/** The most that a picker asks for at once; more are found by typing. */
export const PICKED = 100;

export function usePreconditions() {
  return useQuery({
    queryKey: ["sms", "preconditions"],
    queryFn: () => bodyOf(api.GET("/console/api/sms/preconditions")),
    refetchInterval: LIST_MS,
  });
}

export function useApps(query: AppQuery) {
  const read = (wanted: AppQuery) => bodyOf(api.GET("/console/api/sms/apps", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: ["sms", "apps", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

export function useSignatures(query: SignatureQuery) {
  const read = (wanted: SignatureQuery) => bodyOf(api.GET("/console/api/sms/signatures", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: ["sms", "signatures", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: LIST_MS,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

export function useTemplates(query: TemplateQuery) {
  const read = (wanted: TemplateQuery) => bodyOf(api.GET("/console/api/sms/templates", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: ["sms", "templates", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
    refetchInterval: LIST_MS,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

export function useSignature(signatureId: string | null) {
  return useQuery({
    queryKey: ["sms", "signature", signatureId],
    queryFn: () => bodyOf(api.GET("/console/api/sms/signatures/{signature_id}", { params: { path: { signature_id: signatureId ?? "" } } })),
    enabled: signatureId !== null,
  });
}

export function useAnswers(signatureId: string) {
  return useQuery({
    queryKey: ["sms", "answers", signatureId],
    queryFn: () =>
      bodyOf(api.GET("/console/api/sms/signatures/{signature_id}/answers", { params: { path: { signature_id: signatureId } } })),
  });
}

export function useConsequences(signatureId: string) {
  return useQuery({
    // Apart from "sms": it must not be asked again when the signature is gone.
    queryKey: ["sms-consequences", signatureId],
    queryFn: () =>
      bodyOf(api.GET("/console/api/sms/signatures/{signature_id}/consequences", { params: { path: { signature_id: signatureId } } })),
    gcTime: 0,
  });
}

export function useTemplate(templateId: string | null) {
  return useQuery({
    queryKey: ["sms", "template", templateId],
    queryFn: () => bodyOf(api.GET("/console/api/sms/templates/{template_id}", { params: { path: { template_id: templateId ?? "" } } })),
    enabled: templateId !== null,
  });
}

export function useVariableTypes() {
  return useQuery({
    queryKey: ["sms", "variable-types"],
    queryFn: () => bodyOf(api.GET("/console/api/sms/variable-types")),
    staleTime: Infinity,
  });
}

/** Look at a template's draft; the last look stays until the next one is there. */
export function useTemplateLook(draft: TemplateDraft) {
  return useQuery({
    queryKey: ["sms", "template-look", draft],
    queryFn: () => bodyOf(api.POST("/console/api/sms/templates/precheck", { body: draft })),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
  });
}

export function useSignatureLook(draft: SignatureBody) {
  return useQuery({
    queryKey: ["sms", "signature-look", draft],
    queryFn: () => bodyOf(api.POST("/console/api/sms/signatures/precheck", { body: draft })),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
  });
}

/** Do something and read everything of this room again, also when it was refused: somebody else may have been first. */
export function useAct() {
  const client = useQueryClient();
  const { mutateAsync } = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: () => Promise.all([["sms"], ["sendable"], ["overview"]].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  return async <T,>(act: () => Promise<T>): Promise<T> => (await mutateAsync(act)) as T;
}

export const sendPicture: Send = async (file, progress, signal) => {
  const kept = await sendFile<components["schemas"]["FileView"]>({ url: "/console/api/sms/files", file, progress, signal });
  return { id: kept.file_id };
};

const signaturePath = (signature_id: string) => ({ params: { path: { signature_id } } });
const templatePath = (template_id: string) => ({ params: { path: { template_id } } });

export const acts = {
  saveApp: (appId: string | null, body: components["schemas"]["AppBody"]) =>
    appId === null
      ? bodyOf(api.POST("/console/api/sms/apps", { body }))
      : bodyOf(api.PUT("/console/api/sms/apps/{app_id}", { params: { path: { app_id: appId } }, body })),
  saveSignature: (id: string | null, body: SignatureBody) =>
    id === null
      ? bodyOf(api.POST("/console/api/sms/signatures", { body }))
      : bodyOf(api.PUT("/console/api/sms/signatures/{signature_id}", { ...signaturePath(id), body })),
  saveAnswers: (id: string, body: Answers) =>
    bodyOf(api.PUT("/console/api/sms/signatures/{signature_id}/answers", { ...signaturePath(id), body })),
  deleteSignature: (id: string) => bodyOf(api.DELETE("/console/api/sms/signatures/{signature_id}", signaturePath(id))),
  withdrawSignature: (id: string) => bodyOf(api.POST("/console/api/sms/signatures/{signature_id}/withdraw", signaturePath(id))),
  urgeSignature: (id: string) => bodyOf(api.POST("/console/api/sms/signatures/{signature_id}/urge", signaturePath(id))),
  activateSignature: (id: string) => bodyOf(api.POST("/console/api/sms/signatures/{signature_id}/activate", signaturePath(id))),
  saveTemplate: (id: string | null, body: TemplateBody) =>
    id === null
      ? bodyOf(api.POST("/console/api/sms/templates", { body }))
      : bodyOf(api.PUT("/console/api/sms/templates/{template_id}", { ...templatePath(id), body })),
  deleteTemplates: (ids: readonly string[]) => bodyOf(api.POST("/console/api/sms/templates/delete", { body: { template_ids: [...ids] } })),
  withdrawTemplate: (id: string) => bodyOf(api.POST("/console/api/sms/templates/{template_id}/withdraw", templatePath(id))),
  urgeTemplate: (id: string) => bodyOf(api.POST("/console/api/sms/templates/{template_id}/urge", templatePath(id))),
  useTemplate: (id: string, isActive: boolean) =>
    bodyOf(api.PUT("/console/api/sms/templates/{template_id}/use", { ...templatePath(id), body: { is_active: isActive } })),
} as const;
