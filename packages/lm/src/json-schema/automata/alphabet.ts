import type { Ranges } from "./code-points";

/** Code points in classes, of which an automaton tells no two members apart. */
export interface Alphabet {
  /** Where the intervals begin, ascending, the first at 0. */
  readonly cuts: Int32Array;
  /** The class of each interval. */
  readonly classOf: Int32Array;
  /** The number of classes. */
  readonly size: number;
}

/** The number of the interval that holds a code point. */
export function intervalOf({ cuts }: Alphabet, code: number): number {
  let low = 0;
  let high = cuts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (cuts[middle]! <= code) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The class of a code point. */
export const classOf = (alphabet: Alphabet, code: number): number =>
  alphabet.classOf[intervalOf(alphabet, code)]!;

/** Intervals between some cuts, those with one key being one class. */
function alphabetFrom(cuts: readonly number[], keyOf: (from: number) => string): Alphabet {
  const ascending = [...new Set([0, ...cuts])].sort((a, b) => a - b);
  const classes = new Map<string, number>();
  const own = ascending.map((from) => {
    const key = keyOf(from);
    const known = classes.get(key) ?? classes.size;
    classes.set(key, known);
    return known;
  });
  return { cuts: Int32Array.from(ascending), classOf: Int32Array.from(own), size: classes.size };
}

/** Whether sets hold code points that are asked for in ascending order. */
function membership(ranges: Ranges): (code: number) => boolean {
  let at = 0;
  return (code) => {
    while (at < ranges.length && ranges[at]![1] < code) at++;
    return at < ranges.length && ranges[at]![0] <= code;
  };
}

/** The coarsest alphabet in which each set is some classes. */
export function alphabetOf(sets: readonly Ranges[]): Alphabet {
  const cuts: number[] = [];
  for (const ranges of sets)
    for (const [from, to] of ranges) {
      cuts.push(from);
      if (to < 0x10ffff) cuts.push(to + 1);
    }
  const isIn = sets.map(membership);
  return alphabetFrom(cuts, (from) => isIn.map((has) => (has(from) ? "1" : "0")).join(""));
}

/** The classes of a set. @param alphabet in which it is some classes */
export function classesOf(alphabet: Alphabet, ranges: Ranges): Uint8Array {
  const found = new Uint8Array(alphabet.size);
  for (const [from, to] of ranges)
    for (let at = intervalOf(alphabet, from); at < alphabet.cuts.length; at++) {
      if (alphabet.cuts[at]! > to) break;
      found[alphabet.classOf[at]!] = 1;
    }
  return found;
}

/** The alphabet of automata that run side by side, and the class of each of its classes in each of theirs. */
export function commonAlphabet(parts: readonly Alphabet[]): {
  alphabet: Alphabet;
  /** [classes of the common one × parts] */
  parts: Int32Array;
} {
  const cuts = parts.flatMap((part) => Array.from(part.cuts));
  const own = new Map<number, number[]>(); // by where the interval begins
  const keyOf = (from: number) => {
    const classes = parts.map((part) => classOf(part, from));
    own.set(from, classes);
    return classes.join();
  };
  const alphabet = alphabetFrom(cuts, keyOf);
  const table = new Int32Array(alphabet.size * parts.length);
  for (const [at, from] of alphabet.cuts.entries())
    table.set(own.get(from)!, alphabet.classOf[at]! * parts.length);
  return { alphabet, parts: table };
}
