import { whole } from "../errors";

/** The number of code points of a text. */
export function codePoints(text: string): number {
  let pairs = 0;
  for (let i = 0; i + 1 < text.length; i++) {
    const isPair = text.charCodeAt(i) >> 10 === 0x36 && text.charCodeAt(i + 1) >> 10 === 0x37;
    if (isPair) {
      pairs++;
      i++;
    }
  }
  return text.length - pairs;
}

/** Offset in UTF-16 units of a code point, counted from another offset. */
function offsetOf(text: string, points: number, from = 0): number {
  let at = from;
  for (let left = points; left > 0; left--) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

/**
 * A document in three parts, cut between code points, so that no surrogate pair is broken.
 *
 * @throws {CoderError} `ERR_RANGE` unless 0 ≤ start ≤ end ≤ the number of code points
 */
export function cutAt(
  where: string,
  document: string,
  start: number,
  end: number,
): [prefix: string, middle: string, suffix: string] {
  whole(where, "end", end, { min: 0, max: codePoints(document) });
  whole(where, "start", start, { min: 0, max: end });
  const first = offsetOf(document, start);
  const second = offsetOf(document, end - start, first);
  return [document.slice(0, first), document.slice(first, second), document.slice(second)];
}
