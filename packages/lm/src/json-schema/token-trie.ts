/** Tokens as a tree of their bytes, its places in the order of a walk from the root. */
export interface TokenTrie {
  /** The byte that leads to each place. */
  readonly bytes: Uint8Array;
  /** Bytes up to each place, at least 1. */
  readonly depths: Uint16Array;
  /** The first place that is not below each. */
  readonly skips: Int32Array;
  /** Where the tokens of each place begin in `tokens`; one entry more than places. */
  readonly starts: Int32Array;
  readonly tokens: Int32Array;
  readonly deepest: number;
}

/** The tree of some tokens. */
export function tokenTrie(
  entries: readonly (readonly [id: number, bytes: Uint8Array])[],
): TokenTrie {
  const sorted = [...entries].sort(([, a], [, b]) => compareBytes(a, b));
  const total = sorted.reduce((sum, [, { length }]) => sum + length, 0);
  const bytes = new Uint8Array(total);
  const depths = new Uint16Array(total);
  const skips = new Int32Array(total);
  const starts = new Int32Array(total + 1);
  const tokens = new Int32Array(sorted.length);
  const path: number[] = []; // the places above the next one
  let places = 0;
  let deepest = 0;
  let last: Uint8Array = new Uint8Array(0);
  for (const [i, [id, own]] of sorted.entries()) {
    let common = 0;
    while (common < own.length && common < last.length && own[common] === last[common]) common++;
    while (path.length > common) skips[path.pop()!] = places;
    for (let at = common; at < own.length; at++) {
      bytes[places] = own[at]!;
      depths[places] = at + 1;
      starts[places] = i;
      path.push(places++);
    }
    tokens[i] = id;
    deepest = Math.max(deepest, own.length);
    last = own;
  }
  while (path.length > 0) skips[path.pop()!] = places;
  starts[places] = sorted.length;
  return {
    bytes: bytes.subarray(0, places),
    depths: depths.subarray(0, places),
    skips: skips.subarray(0, places),
    starts: starts.subarray(0, places + 1),
    tokens,
    deepest,
  };
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** The place that a byte leads to, −1 if there is none. @param place −1 for the root */
export function childPlace({ bytes, skips }: TokenTrie, place: number, byte: number): number {
  const end = place < 0 ? bytes.length : skips[place]!;
  for (let at = place + 1; at < end && bytes[at]! <= byte; at = skips[at]!)
    if (bytes[at] === byte) return at;
  return -1;
}

/** Whether a token ends at a place. */
export const hasToken = ({ starts }: TokenTrie, place: number): boolean =>
  starts[place + 1]! > starts[place]!;
