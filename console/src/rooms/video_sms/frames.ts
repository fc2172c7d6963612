/** Frames as the form holds them, and what of them is sent. */
import { readProblem } from "@/client/problem";
import type { Uploaded } from "@/kit/useUploads";
import { mediumUrl, type VideoElement, type VideoTemplateBody, type VideoTemplateDetail } from "@/rooms/video_sms/queries";

export type ElementKind = "text" | "medium";

export interface ElementValues {
  kind: ElementKind;
  text?: string;
  file?: Uploaded[];
}

export interface FrameValues {
  elements: ElementValues[];
}

export interface TemplateValues {
  tpl_name: string;
  title: string;
  signature: string;
  expiration_time: number;
  remarks?: string;
  callback_url?: string;
  frames: FrameValues[];
  is_draft: boolean;
}

export const MAX_FRAMES = 8;
export const MAX_ELEMENTS = 2;
export const MAX_DOUBLE = 2;
export const MAX_RESOURCES = 10;
/** 1.9 MB, as the service counts it. */
export const MAX_TOTAL_BYTES = 1_992_294;
export const MAX_MEDIUM_BYTES = 2 * 1024 * 1024;
export const MEDIUM_TYPES = [".jpg", ".jpeg", ".png", ".gif", ".mp3", ".wav", ".mp4", ".3gp"];

export type MediumKind = "image" | "audio" | "video";

export function endingOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).toLowerCase();
}

export function mediumKind(name: string): MediumKind {
  const ending = endingOf(name);
  return ending === "mp3" || ending === "wav" ? "audio" : ending === "mp4" || ending === "3gp" ? "video" : "image";
}

/** The placeholders in texts, in the order of their first appearance: `p_1`. */
export function paramsIn(frames: readonly FrameValues[]): string[] {
  const texts = frames.flatMap(({ elements }) => elements.map(({ kind, text }) => (kind === "text" ? (text ?? "") : "")));
  return [...new Set(texts.flatMap((text) => [...text.matchAll(/#(p_[1-9]\d{0,2})#/g)].map((found) => found[1] ?? "")))];
}

/** The next placeholder that no text has. */
export function nextParam(frames: readonly FrameValues[]): string {
  const numbers = paramsIn(frames).map((name) => Number(name.slice(2)));
  return `#p_${Math.max(0, ...numbers) + 1}#`;
}

/** Octets of everything, as the service counts them: texts in UTF-8, the signature with its brackets. */
export function totalBytes(frames: readonly FrameValues[], signature: string): number {
  const encoder = new TextEncoder();
  const sizes = frames.flatMap(({ elements }) =>
    elements.map(({ kind, text, file }) => (kind === "text" ? encoder.encode(text ?? "").length : (file?.[0]?.size ?? 0))),
  );
  return sizes.reduce((sum, size) => sum + size, encoder.encode(`【${signature}】`).length);
}

function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const next = [...items];
  const [item] = next.splice(from, 1);
  return item === undefined ? next : [...next.slice(0, to), item, ...next.slice(to)];
}

/** What every second frame may not have: more than two frames of two elements. */
export function mayDouble(frames: readonly FrameValues[], at: number): boolean {
  const others = frames.filter((frame, index) => index !== at && frame.elements.length > 1).length;
  const resources = frames.reduce((sum, frame) => sum + frame.elements.length, 0);
  return (frames[at]?.elements.length ?? 0) < MAX_ELEMENTS && others < MAX_DOUBLE && resources < MAX_RESOURCES;
}

async function base64Of(file: Blob): Promise<string> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === "string" ? reader.result : "");
    reader.onerror = () => reject(new Error("unreadable"));
    reader.readAsDataURL(file);
  });
  return url.slice(url.indexOf(",") + 1);
}

/** Return the request. */
export async function bodyOf(values: TemplateValues): Promise<VideoTemplateBody> {
  const frames = values.frames.map(async ({ elements }) => ({
    elements: await Promise.all(
      elements.map(async ({ kind, text = "", file }) => {
        const medium = file?.[0];
        return kind === "text" || medium?.file === undefined
          ? { type: "txt", name: "", text: kind === "text" ? text : "", content: "" }
          : { type: endingOf(medium.name), name: medium.name, text: "", content: await base64Of(medium.file) };
      }),
    ),
  }));
  return {
    tpl_name: values.tpl_name,
    title: values.title,
    signature: values.signature,
    expiration_time: values.expiration_time,
    remarks: values.remarks ?? "",
    callback_url: values.callback_url === "" ? null : values.callback_url,
    frames: await Promise.all(frames),
    is_draft: values.is_draft,
  };
}

/** The text of an element without the signature in front of the first one. */
export function withoutSignature(text: string, signature: string): string {
  return text.startsWith(`【${signature}】`) ? text.slice(signature.length + 2) : text;
}

async function copied(tplId: string, element: VideoElement, signature: string): Promise<ElementValues> {
  if (element.text !== null) {
    return { kind: "text", text: withoutSignature(element.text, signature) };
  }
  const answer = await fetch(mediumUrl(tplId, element.number), { credentials: "same-origin" });
  if (!answer.ok) {
    throw readProblem(answer.status, await answer.json().catch(() => undefined));
  }
  const file = new File([await answer.blob()], element.name, { type: element.content_type });
  return { kind: "medium", file: [{ id: `copy-${element.number}`, name: element.name, size: file.size, url: mediumUrl(tplId, element.number), file }] };
}

/** Return the frames of a template, its media fetched, to be handed in as another one. */
export async function copyOf(detail: VideoTemplateDetail): Promise<FrameValues[]> {
  const { tpl_id: tplId, signature } = detail.template;
  const elements = await Promise.all(detail.elements.map((element) => copied(tplId, element, signature)));
  const frames: FrameValues[] = [];
  detail.elements.forEach(({ frame }, index) => {
    const element = elements[index];
    if (element !== undefined) {
      (frames[frame - 1] ??= { elements: [] }).elements.push(element);
    }
  });
  return frames;
}

export { moved };
