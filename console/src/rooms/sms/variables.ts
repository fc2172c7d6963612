/** Variables `${1}` … of a template's text: found, inserted, and numbered in the order of their position. */

const VARIABLE = /\$\{(\d{1,2})\}/g;

export interface Numbered {
  text: string;
  /** The old number of each variable, in order of the new ones; `0` is a new one. */
  from: number[];
}

/** Numbers of the variables in a text, each once, in order of position. */
export function numbersIn(text: string): number[] {
  return [...new Set([...text.matchAll(VARIABLE)].map((found) => Number(found[1])))];
}

/** Number the variables by position; one that stands twice becomes two. */
export function renumber(text: string): Numbered {
  const from: number[] = [];
  const numbered = text.replace(VARIABLE, (_whole, number: string) => {
    from.push(Number(number));
    return `\${${from.length}}`;
  });
  return { text: numbered, from };
}

/** Put a new variable in place of a selection, and number all of them again. */
export function insertVariable(text: string, start: number, end: number): Numbered & { cursor: number; number: number } {
  const inside = [...text.matchAll(VARIABLE)].find(({ index, 0: whole }) => start > index && start < index + whole.length);
  // A cursor inside of a variable stands behind it.
  const at = inside === undefined ? start : inside.index + inside[0].length;
  const rest = text.slice(Math.max(at, end));
  const head = renumber(text.slice(0, at));
  const all = renumber(`${text.slice(0, at)}\${0}${rest}`);
  const number = head.from.length + 1;
  return { ...all, number, cursor: head.text.length + `\${${number}}`.length };
}
