/** Drafts of forms, kept in the browser under a key per user and form; never sent anywhere. */
import dayjs from "dayjs";

export interface DraftOf {
  /** Whose draft it is: another user of the same browser does not see it. */
  user: string;
  form: string;
  /** Fields that are never kept, such as passwords. */
  leaveOut?: readonly string[];
}

export interface Draft {
  /** When it was kept, in UTC. */
  at: string;
  values: Record<string, unknown>;
}

const PREFIX = "hongyan.draft.";
const MOMENT = "$moment";
const KEPT_MS = 30 * 24 * 3600 * 1000;

function keyOf({ user, form }: DraftOf): string {
  return `${PREFIX}${user}.${form}`;
}

/** Write values as text: moments survive it, files do not. */
export function writeValues(values: unknown): string {
  return JSON.stringify(values, function (this: Record<string, unknown>, key: string, value: unknown) {
    const held = this[key];
    if (dayjs.isDayjs(held)) {
      return { [MOMENT]: held.toISOString() };
    }
    return held instanceof Blob ? undefined : value;
  });
}

/** Read what {@link writeValues} wrote. */
export function readValues(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value === "object" && value !== null && MOMENT in value) {
      return dayjs(String(value[MOMENT]));
    }
    return value;
  });
}

/** Return the draft, if there is one that is not too old. */
export function readDraft(of: DraftOf): Draft | undefined {
  try {
    const stored = localStorage.getItem(keyOf(of));
    const draft = stored === null ? undefined : (readValues(stored) as Partial<Draft> | null);
    const isUsable = typeof draft?.at === "string" && typeof draft.values === "object" && Date.now() - Date.parse(draft.at) < KEPT_MS;
    return isUsable ? (draft as Draft) : undefined;
  } catch {
    // Not one of ours, or the browser keeps nothing.
    return undefined;
  }
}

export function keepDraft(of: DraftOf, values: object): void {
  const kept = Object.fromEntries(Object.entries(values).filter(([name]) => of.leaveOut?.includes(name) !== true));
  try {
    localStorage.setItem(keyOf(of), writeValues({ at: new Date().toISOString(), values: kept }));
  } catch {
    // The browser's room is full: the form works without.
  }
}

export function dropDraft(of: DraftOf): void {
  localStorage.removeItem(keyOf(of));
}
