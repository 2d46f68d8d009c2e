import { listOf, WatermarkError } from "../errors";
import { createKey, isKey, isSameKey, type WatermarkKey } from "./key";

/** Keys in use: texts are marked with `current`, and detection tries all of them. */
export interface KeyRing {
  readonly current: WatermarkKey;
  readonly keys: readonly WatermarkKey[];
}

/** A key, or anything that can be converted to one; accepted wherever a key is needed. */
export type KeyInput = WatermarkKey | KeyRing | Uint8Array | string;

const isRing = (value: object): value is KeyRing => "keys" in value && "current" in value;

/**
 * A ring of keys for rotation: one to mark with, and retired ones that detection tries too. Detection over k keys
 * multiplies its p-value by k (Bonferroni).
 *
 * @param current the key that marks new texts
 * @param retired earlier keys that detection still tries
 * @throws {WatermarkError} `ERR_KEY` when a key is malformed or occurs twice
 */
export function createKeyRing(
  current: WatermarkKey | Uint8Array | string,
  retired: readonly (WatermarkKey | Uint8Array | string)[] = [],
): KeyRing {
  listOf("createKeyRing", "retired", retired);
  const keys = [current, ...retired].map((key) => (isKey(key) ? key : createKey(key as string)));
  const known = new Map<string, WatermarkKey[]>(); // by id, which equal keys share
  for (const key of keys) {
    const alike = known.get(key.id) ?? [];
    if (alike.some((other) => isSameKey(key, other)))
      throw new WatermarkError("ERR_KEY", `createKeyRing: key ${key.id} occurs twice`);
    known.set(key.id, [...alike, key]);
  }
  return Object.freeze({ current: keys[0]!, keys: Object.freeze(keys) });
}

/** Converts any accepted form of a key to a ring. */
export function toKeyRing(input: KeyInput): KeyRing {
  if (typeof input === "object" && input !== null && isRing(input)) {
    if (
      !Array.isArray(input.keys) ||
      !input.keys.length ||
      !input.keys.every(isKey) ||
      !input.keys.includes(input.current)
    )
      throw new WatermarkError("ERR_KEY", "createWatermark: expected a ring made by createKeyRing");
    return input;
  }
  return createKeyRing(input as WatermarkKey);
}
