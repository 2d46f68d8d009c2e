/** @file Small damage to valid inputs, drawn as data, so that a failing input can be made smaller. */
import fc from "fast-check";
import type { Form } from "./generator";

/** A place as a fraction of the input, what happens there, and with which of the hostile values. */
interface Damage {
  readonly at: number;
  readonly kind: number;
  readonly pick: number;
}

const damages: fc.Arbitrary<Damage[]> = fc.array(
  fc.record({ at: fc.nat(9999), kind: fc.nat(4), pick: fc.nat(99) }),
  { maxLength: 4 },
);

/** Lists in lists. */
export const nested = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth));

/** Values that readers have stumbled over. */
const hostileValues: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  2 ** 53,
  1e308,
  "",
  "\ud800",
  "__proto__",
  [],
  {},
  [null],
  nested(300),
  JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
];

const hostileTexts = [
  "\0",
  "\ufeff",
  '"',
  "[",
  "{",
  "\n",
  ",",
  "\\",
  "__proto__",
  "1e999",
  "{{",
  "%}",
];

const hostileNumbers = [
  0n,
  1n,
  0xffn,
  0xffffn,
  0x7fffffffn,
  0xffffffffn,
  2n ** 53n,
  2n ** 64n - 1n,
];

/** Every place in a JSON value. */
function placesIn(value: unknown, found: { owner: object; key: string }[] = []) {
  if (typeof value === "object" && value !== null)
    for (const key of Object.keys(value)) {
      found.push({ owner: value, key });
      placesIn((value as Record<string, unknown>)[key], found);
    }
  return found;
}

function damagedJson(input: unknown, { at, kind, pick }: Damage): unknown {
  const root = { value: structuredClone(input) };
  const places = placesIn(root);
  const { owner, key } = places[at % places.length]!;
  const of = owner as Record<string, unknown>;
  const hostile = hostileValues[pick % hostileValues.length];
  if (kind === 0 && owner !== root) {
    if (Array.isArray(owner)) owner.splice(Number(key), 1);
    else delete of[key];
  } else if (kind === 1 && Array.isArray(owner)) owner.push(structuredClone(of[key]));
  else if (kind === 2 && !Array.isArray(owner) && owner !== root)
    Object.defineProperty(owner, hostileTexts[pick % hostileTexts.length]!, {
      value: of[key],
      enumerable: true,
      configurable: true,
      writable: true,
    });
  else of[key] = structuredClone(hostile);
  return root.value;
}

function damagedText(text: string, { at, kind, pick }: Damage): string {
  const from = at % (text.length + 1);
  const to = Math.min(text.length, from + 1 + (pick % 16));
  if (kind === 0) return text.slice(0, from) + text.slice(to);
  if (kind === 1) return text.slice(0, to) + text.slice(from);
  if (kind === 2) return text.slice(0, from);
  return text.slice(0, from) + hostileTexts[pick % hostileTexts.length] + text.slice(from);
}

function damagedBytes(bytes: Uint8Array, { at, kind, pick }: Damage): Uint8Array {
  const from = at % (bytes.length + 1);
  if (kind === 0) return bytes.slice(0, from);
  if (kind === 1)
    return Uint8Array.from([...bytes.subarray(0, from), ...bytes.subarray(from - (pick % 16))]);
  const damaged = bytes.slice();
  if (kind === 2) damaged[from] = pick;
  else {
    const size = kind === 3 ? 4 : 8;
    let number = hostileNumbers[pick % hostileNumbers.length]!;
    for (let i = from; i < from + size && i < bytes.length; i++, number >>= 8n)
      damaged[i] = Number(number & 255n);
  }
  return damaged;
}

const damage: Record<Form, (input: never, damage: Damage) => unknown> = {
  bytes: damagedBytes,
  text: damagedText,
  json: damagedJson,
};

/** Inputs, some with damage. */
export const damaged = (form: Form, base: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(base, damages)
    .map(([input, all]) =>
      all.reduce((before: unknown, each) => damage[form](before as never, each), input),
    );

/** One input with damage. */
export const changed = (form: Form, input: unknown): fc.Arbitrary<unknown> =>
  damaged(form, fc.constant(input));
