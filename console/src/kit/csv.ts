/** Lists as files that spreadsheets open. */

const FORMULA = /^[=+\-@\t\r]/;
/** Without it spreadsheets take UTF-8 for something else. */
const MARK = "\ufeff";

function cellOf(text: string): string {
  const inert = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** Write rows as CSV; what begins like a formula becomes a text. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return MARK + rows.map((row) => `${row.map(cellOf).join(",")}\r\n`).join("");
}

/** Let the browser save a text as a file. */
export function saveText(name: string, text: string, type = "text/plain"): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** Elements that are there for the eye, not part of what a cell says. */
const ASIDE = "[aria-hidden='true'], style";

/** Return what a drawn cell says, in one line. */
export function textOf(cell: Element): string {
  const said: string[] = [];
  function walk(node: Node): void {
    for (const child of node.childNodes) {
      if (child instanceof Text) {
        said.push(child.data);
      } else if (child instanceof Element && !child.matches(ASIDE)) {
        // Tags and lines of a cell stand beside each other: so do their words.
        said.push(" ");
        walk(child);
        said.push(" ");
      }
    }
  }
  walk(cell);
  return said.join("").replace(/\s+/g, " ").trim();
}
