/** @file Makes a failing input smaller while it still fails. */
import type { Form } from "./generator";

/** Inputs that are like one but smaller, the smallest first. */
type Cuts = (input: never) => Iterable<unknown>;

/** All but a part of a list-like value, for parts of half its length, a quarter, and so on. */
function* withoutParts(length: number): Generator<readonly [from: number, to: number]> {
  for (let size = length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let from = 0; from < length; from += size) yield [from, Math.min(length, from + size)];
}

function* smallerTexts(text: string): Generator<string> {
  for (const [from, to] of withoutParts(text.length)) yield text.slice(0, from) + text.slice(to);
}

function* smallerBytes(bytes: Uint8Array): Generator<Uint8Array> {
  for (const [from, to] of withoutParts(bytes.length))
    yield Uint8Array.from([...bytes.subarray(0, from), ...bytes.subarray(to)]);
}

function* smallerJson(value: unknown): Generator<unknown> {
  if (typeof value === "string") yield* smallerTexts(value);
  if (typeof value === "number" && value !== 0) yield 0;
  if (typeof value !== "object" || value === null) return;
  yield null;
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  const made = (kept: [string, unknown][]) =>
    isList ? kept.map(([, each]) => each) : Object.fromEntries(kept);
  for (const [, inside] of entries) yield inside;
  for (const [from, to] of withoutParts(entries.length))
    yield made([...entries.slice(0, from), ...entries.slice(to)]);
  for (const [i, [key, inside]] of entries.entries())
    for (const less of smallerJson(inside))
      yield made([...entries.slice(0, i), [key, less], ...entries.slice(i + 1)]);
}

const cuts: Record<Form, Cuts> = {
  bytes: smallerBytes,
  text: smallerTexts,
  json: smallerJson,
};

/**
 * A smaller input that fails too: parts are taken out one after another until none can be.
 *
 * @param fails whether an input still fails
 * @param tries most inputs that are looked at. Default 2000
 */
export async function smaller(
  form: Form,
  input: unknown,
  fails: (input: unknown) => Promise<boolean>,
  tries = 2000,
): Promise<unknown> {
  let smallest = input;
  for (let left = tries; left > 0; ) {
    let found = false;
    for (const less of cuts[form](smallest as never)) {
      if (left-- <= 0) break;
      if (!(await fails(less))) continue;
      smallest = less;
      found = true;
      break;
    }
    if (!found) return smallest;
  }
  return smallest;
}
