/** What changed between two texts, character by character, for reading side by side. */

export interface Piece {
  text: string;
  kind: "same" | "added" | "removed";
}

/** Longer texts are compared by their common beginning and end only. */
const MAX_CHARS = 600;

function push(pieces: Piece[], kind: Piece["kind"], text: string): void {
  const last = pieces.at(-1);
  if (text === "") {
    return;
  }
  if (last?.kind === kind) {
    last.text += text;
  } else {
    pieces.push({ kind, text });
  }
}

function middle(before: string[], after: string[]): Piece[] {
  const pieces: Piece[] = [];
  if (before.length > MAX_CHARS || after.length > MAX_CHARS) {
    push(pieces, "removed", before.join(""));
    push(pieces, "added", after.join(""));
    return pieces;
  }
  // Lengths of the longest common subsequences of what follows each pair of places.
  const width = after.length + 1;
  const lengths = new Uint16Array((before.length + 1) * width);
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      lengths[row * width + column] =
        before[row] === after[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  let row = 0;
  let column = 0;
  while (row < before.length || column < after.length) {
    if (row < before.length && column < after.length && before[row] === after[column]) {
      push(pieces, "same", before[row] ?? "");
      row += 1;
      column += 1;
    } else if (column >= after.length || (row < before.length && at(row + 1, column) >= at(row, column + 1))) {
      push(pieces, "removed", before[row] ?? "");
      row += 1;
    } else {
      push(pieces, "added", after[column] ?? "");
      column += 1;
    }
  }
  return pieces;
}

/** Characters as people see them: an emoji with its skin is one. */
function lettersOf(text: string): string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

/** Return the pieces of both texts in order; without the removed ones they are `after`, without the added ones `before`. */
export function compare(before: string, after: string): Piece[] {
  const [old, now] = [lettersOf(before), lettersOf(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) {
    start += 1;
  }
  let end = 0;
  while (end < old.length - start && end < now.length - start && old[old.length - 1 - end] === now[now.length - 1 - end]) {
    end += 1;
  }
  const pieces: Piece[] = [];
  push(pieces, "same", old.slice(0, start).join(""));
  pieces.push(...middle(old.slice(start, old.length - end), now.slice(start, now.length - end)));
  push(pieces, "same", end === 0 ? "" : old.slice(-end).join(""));
  return pieces;
}
