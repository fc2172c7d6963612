/** A refusal of the back end (problem+json), or of the network: what pages show and decide by. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;
  readonly requestId: string | undefined;

  constructor(status: number, code: string, text: string, field?: string, requestId?: string) {
    super(text);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.field = field;
    this.requestId = requestId;
  }
}

/** Network down, or the answer is not one of ours: its text comes from the catalogue (`error.network`). */
export const UNREACHABLE = "console.unreachable";

function textOf(document: Record<string, unknown>, key: string): string | undefined {
  const value = document[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Return a text without the name of its field in front: the text stands at that field. */
function withoutField(text: string, field: string | undefined): string {
  const lead = field === undefined ? undefined : [`${field}: `, `${field}：`].find((one) => text.startsWith(one));
  return lead === undefined ? text : text.slice(lead.length);
}

/** Read a problem+json document; anything else becomes a problem of the network. */
export function readProblem(status: number, document: unknown): Problem {
  if (typeof document !== "object" || document === null) {
    return new Problem(status, UNREACHABLE, "");
  }
  const fields = document as Record<string, unknown>;
  const code = textOf(fields, "code") ?? UNREACHABLE;
  const field = textOf(fields, "field");
  return new Problem(status, code, withoutField(textOf(fields, "title") ?? "", field), field, textOf(fields, "request_id"));
}
