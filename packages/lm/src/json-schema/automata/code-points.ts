/** Code points in ascending intervals that neither overlap nor touch, their ends included. */
export type Ranges = readonly (readonly [from: number, to: number])[];

export const LAST_CODE_POINT = 0x10ffff;

export const ALL: Ranges = [[0, LAST_CODE_POINT]];

/** The code points of some intervals in any order. */
export function rangesOf(intervals: Ranges): Ranges {
  const found: [number, number][] = [];
  for (const [from, to] of [...intervals].sort(([a], [b]) => a - b)) {
    const last = found.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else found.push([from, to]);
  }
  return found;
}

/** The other code points. */
export function otherRanges(ranges: Ranges): Ranges {
  const found: [number, number][] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) found.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST_CODE_POINT) found.push([next, LAST_CODE_POINT]);
  return found;
}

const span = (from: string, to: string = from): Ranges[number] => [
  from.codePointAt(0)!,
  to.codePointAt(0)!,
];

export const DIGITS: Ranges = [span("0", "9")];
export const WORD: Ranges = [span("0", "9"), span("A", "Z"), span("_"), span("a", "z")];
/** White space and line ends of ECMAScript (ECMA-262, sections 12.2 and 12.3). */
export const SPACES: Ranges = rangesOf([
  [0x09, 0x0d],
  span(" "),
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]);
export const LINE_ENDS: Ranges = [span("\n"), span("\r"), [0x2028, 0x2029]];

const properties = new Map<string, Ranges>();
let everyText: string | undefined;

/** The code points of a Unicode property, as this engine's `\p{…}` knows them; undefined if it knows none of that name. */
export function propertyRanges(name: string): Ranges | undefined {
  const known = properties.get(name);
  if (known) return known;
  if (!/^[A-Za-z0-9_]+(=[A-Za-z0-9_]+)?$/.test(name)) return undefined;
  let runs: RegExp;
  try {
    runs = new RegExp(`\\p{${name}}+`, "gu");
  } catch {
    return undefined;
  }
  everyText ??= textOfAll();
  const found: [number, number][] = [];
  for (const [run] of everyText.matchAll(runs)) {
    const from = run.codePointAt(0)!;
    const tail = run.codePointAt(run.length - 2)!;
    const to = tail > 0xffff ? tail : run.codePointAt(run.length - 1)!;
    found.push([from, to]);
  }
  const ranges = rangesOf(found);
  properties.set(name, ranges);
  return ranges;
}

/** Every code point but surrogates, which no text in UTF-8 holds, in ascending order. */
function textOfAll(): string {
  const parts: string[] = [];
  for (let from = 0; from <= LAST_CODE_POINT; from += 0x800) {
    if (from === 0xd800) continue;
    parts.push(String.fromCodePoint(...Array.from({ length: 0x800 }, (_, i) => from + i)));
  }
  return parts.join("");
}
