/** From a snapshot as the rooms submit it to rows that a reviewer reads. Pure; the words come from the page. */

export type Snapshot = Record<string, unknown>;

export interface SheetRow {
  /** Unique, and the same in both submissions that are compared. */
  key: string;
  /** Name of the field; rows of a list share it. */
  field: string;
  /** Which entries of lists it stands in, from 1, outermost first. */
  places: number[];
  /** The value, or a code that the page has words for. */
  text: string;
  /** It is a file: its name stands here, its content among the evidence. */
  isFile: boolean;
  /** What tells two files of one name apart. */
  mark: string;
}

/** Where a card's document says how things look, not what they say. */
const LOOKS = new Set(["x", "y", "w", "h", "z", "style", "type", "position", "cardId", "card_id", "background"]);
const HIDDEN = new Set(["before", "paper_id", "sha256", "media_type", "preview_url"]);
const FILES = new Set(["licence_file_id", "attorney_file_id", "logo", "proofs", "background"]);
/** Wrappers that are no field of their own. */
const WRAPPERS = new Set(["values", "form"]);

function isObject(value: unknown): value is Snapshot {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function paperRow(paper: Snapshot): SheetRow {
  const field = String(paper["field"]);
  const mark = typeof paper["sha256"] === "string" ? paper["sha256"] : "";
  return { key: `paper.${field}`, field, places: [], text: String(paper["name"]), isFile: true, mark };
}

interface Place {
  key: string;
  field: string;
  places: number[];
}

function walk(value: unknown, place: Place, rows: SheetRow[]): void {
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) {
    return;
  }
  if (Array.isArray(value)) {
    if (value.every((one) => !isObject(one) && !Array.isArray(one)) && !FILES.has(place.field)) {
      rows.push({ ...place, text: value.join("、"), isFile: false, mark: "" });
      return;
    }
    value.forEach((one, index) => walk(one, { ...place, key: `${place.key}.${index}`, places: [...place.places, index + 1] }, rows));
    return;
  }
  if (isObject(value)) {
    for (const [name, part] of Object.entries(value)) {
      if (!HIDDEN.has(name) && !(place.key.startsWith("pages") && LOOKS.has(name))) {
        const isWrapper = WRAPPERS.has(name) && place.key === "";
        const field = isWrapper ? "" : name;
        walk(part, { ...place, key: isWrapper ? "" : [place.key, name].filter((one) => one !== "").join("."), field }, rows);
      }
    }
    return;
  }
  const isFile = FILES.has(place.field);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  rows.push({ ...place, text: isFile ? "" : text, isFile, mark: isFile ? text : "" });
}

/** Return the rows of a snapshot, in its order; what is empty has none. */
export function rowsOf(snapshot: Snapshot): SheetRow[] {
  const { papers, ...rest } = snapshot;
  const rows: SheetRow[] = [];
  walk(rest, { key: "", field: "", places: [] }, rows);
  if (Array.isArray(papers)) {
    rows.push(...papers.filter(isObject).map(paperRow));
  }
  return rows;
}

export type Change = "same" | "changed" | "added" | "removed";

export interface ComparedRow {
  key: string;
  field: string;
  places: number[];
  now: SheetRow | undefined;
  before: SheetRow | undefined;
  change: Change;
}

/** Put two submissions beside each other; rows that are gone come where they were, as far as that can be told. */
export function beside(now: readonly SheetRow[], before: readonly SheetRow[]): ComparedRow[] {
  const old = new Map(before.map((row) => [row.key, row]));
  const rows: ComparedRow[] = now.map((row) => {
    const match = old.get(row.key);
    const isSame = match?.text === row.text && match.mark === row.mark;
    const change = match === undefined ? "added" : isSame ? "same" : "changed";
    return { key: row.key, field: row.field, places: row.places, now: row, before: match, change };
  });
  const known = new Set(now.map(({ key }) => key));
  before.forEach((row, index) => {
    if (!known.has(row.key)) {
      const gone: ComparedRow = { key: row.key, field: row.field, places: row.places, now: undefined, before: row, change: "removed" };
      rows.splice(Math.min(index, rows.length), 0, gone);
    }
  });
  return rows;
}

/** Return the live version that a snapshot carries of what it wants changed, if it does. */
export function liveOf(snapshot: Snapshot): Snapshot | undefined {
  return isObject(snapshot["before"]) ? { form: snapshot["before"] } : undefined;
}
