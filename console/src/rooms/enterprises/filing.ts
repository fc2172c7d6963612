/** What the pages decide about filings. Pure. */
import type { Tone } from "@/kit/StateTag";
import type { Uploaded } from "@/kit/useUploads";
import { type Field, type Filing, type Scene, shownPaper } from "@/rooms/enterprises/queries";

export const SCENES = ["smart_send", "smart_links", "service_account", "basic"] as const satisfies readonly Scene[];

/** The areas of the page, each with its filings and the service that must be open. */
export const AREAS = [
  { key: "smart", service: "smart", scenes: ["smart_send", "smart_links"] },
  { key: "serviceAccount", service: "service_accounts", scenes: ["service_account"] },
  { key: "basic", service: "basic", scenes: ["basic"] },
] as const;

/** The service that a scene belongs to. */
export function serviceOfScene(scene: Scene): (typeof AREAS)[number]["service"] {
  return AREAS.find((area) => area.scenes.some((one) => one === scene))?.service ?? "smart";
}

export function isScene(text: string | undefined): text is Scene {
  return SCENES.some((scene) => scene === text);
}

export type ShownState = "none" | "begun" | "reviewing" | "approved" | "editing" | "asked" | "rejected";

/** The state as people see it: what is begun and what is edited count as states of their own. */
export function shownState(filing: Pick<Filing, "state" | "is_pending" | "values" | "papers" | "scene" | "is_asked_back">): ShownState {
  if (filing.state === "approved") {
    return filing.is_pending ? "editing" : "approved";
  }
  if (filing.state === "none") {
    const isBegun = Object.keys(filing.values).length > 0 || Object.values(filing.papers).some((paper) => paper.scene === filing.scene);
    return isBegun ? "begun" : "none";
  }
  return filing.state === "rejected" && filing.is_asked_back ? "asked" : filing.state;
}

export const STATE_TONES: Record<ShownState, Tone> = {
  none: "waiting",
  begun: "waiting",
  reviewing: "busy",
  approved: "good",
  editing: "good",
  asked: "unclear",
  rejected: "bad",
};

export type FilingValues = Record<string, string | Uploaded[] | undefined>;

/** What the form starts with: texts, the first answer of each choice, the scene's own papers. */
export function initialOf(filing: Filing): FilingValues {
  const initial: FilingValues = {};
  for (const field of filing.fields) {
    if (field.kind === "file") {
      const paper = filing.papers[field.name];
      const isOwn = paper !== undefined && paper.scene === filing.scene;
      initial[field.name] = isOwn ? [shownPaper(paper)] : [];
    } else {
      initial[field.name] = filing.values[field.name] ?? field.choices[0]?.value ?? "";
    }
  }
  return initial;
}

/** The texts and choices of the form, as the server keeps them. */
export function textsOf(fields: readonly Field[], values: FilingValues): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const { name, kind } of fields) {
    const value = values[name];
    if (kind !== "file" && typeof value === "string") {
      texts[name] = value;
    }
  }
  return texts;
}

/** Must the field be filled in, given the answers so far? */
export function isWanted(field: Field, values: FilingValues): boolean {
  if (field.is_required) {
    return true;
  }
  const when = field.required_when;
  return when !== null && values[when.field] === when.value;
}

/** The groups of a form in their order, each with its fields. */
export function groupsOf(fields: readonly Field[]): { group: string; fields: Field[] }[] {
  const groups: { group: string; fields: Field[] }[] = [];
  for (const field of fields) {
    const found = groups.find(({ group }) => group === field.group);
    if (found === undefined) {
      groups.push({ group: field.group, fields: [field] });
    } else {
      found.fields.push(field);
    }
  }
  return groups;
}

/** Can the desk be reminded now? */
export function mayUrge(filing: Pick<Filing, "pending">, now: Date): boolean {
  return filing.pending !== null && new Date(filing.pending.urging_possible_at) <= now;
}
