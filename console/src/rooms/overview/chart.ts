/** Where the marks of small charts stand. Pure; lengths in the units of the drawing. */

export const WIDTH = 560;
export const HEIGHT = 180;
export const LEFT = 48;
const RIGHT = 8;
const TOP = 12;
const BOTTOM = 24;

export const BASE = HEIGHT - BOTTOM;
const ROOM = BASE - TOP;
const STEPS = [1, 2, 5, 10] as const;
const TEN = 10;

/** Return a round number that is no smaller: the top of an axis. */
export function roundUp(most: number): number {
  if (most <= 0) {
    return 1;
  }
  const unit = TEN ** Math.floor(Math.log10(most));
  return (STEPS.find((step) => step * unit >= most) ?? TEN) * unit;
}

/** The middle of place `index` of `count` along the axis. */
export function placeOf(index: number, count: number): number {
  return LEFT + ((index + 0.5) * (WIDTH - LEFT - RIGHT)) / count;
}

/** How wide a bar may be. */
export function barWidth(count: number): number {
  return Math.min(44, ((WIDTH - LEFT - RIGHT) / count) * 0.56);
}

/** How high a value stands under the top of its axis. */
export function heightOf(value: number, top: number): number {
  return top <= 0 ? 0 : (Math.min(value, top) / top) * ROOM;
}

export interface Point {
  x: number;
  y: number;
}

/** Return the pieces of a line: days without a value leave gaps. */
export function piecesOf(values: readonly (number | null)[], top: number): Point[][] {
  const pieces: Point[][] = [];
  let isOpen = false;
  values.forEach((value, index) => {
    if (value === null) {
      isOpen = false;
      return;
    }
    const point = { x: placeOf(index, values.length), y: BASE - heightOf(value, top) };
    if (isOpen) {
      pieces[pieces.length - 1]?.push(point);
    } else {
      pieces.push([point]);
    }
    isOpen = true;
  });
  return pieces;
}

/** Return a share as a number from 0 to 1, or nothing where there is no whole; a late count may pass the whole. */
export function shareOf(part: number, whole: number): number | null {
  return whole <= 0 ? null : Math.min(1, part / whole);
}
