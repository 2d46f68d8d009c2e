import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { WatermarkError } from "../errors";
import type { SipKey } from "./siphash";

const minimumBytes = 16;
const secrets = new WeakMap<WatermarkKey, Uint8Array>();

/** An opaque secret. Its bytes cannot be read back, printed or serialised; only `id` can. */
export interface WatermarkKey {
  /** Sixteen hex digits derived from the secret by a one-way function: identifies the key without revealing it. */
  readonly id: string;
}

const utf8 = new TextEncoder();
const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function parseHex(text: string): Uint8Array {
  if (text.length % 2 || !/^[0-9a-f]*$/i.test(text))
    throw new WatermarkError(
      "ERR_KEY",
      "createKey: a key must be at least 32 hexadecimal digits, or 16 bytes; generateSecret() makes one",
    );
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

/**
 * Wraps a secret of at least 128 bits. Bytes are copied, also those of a Node `Buffer`: the caller may wipe them
 * afterwards.
 *
 * @param secret bytes, or a string of hexadecimal digits
 * @returns an opaque key
 * @throws {WatermarkError} `ERR_KEY` when the secret is shorter than 16 bytes or not hexadecimal
 */
export function createKey(secret: Uint8Array | string): WatermarkKey {
  if (typeof secret !== "string" && !(secret instanceof Uint8Array))
    throw new WatermarkError("ERR_KEY", "createKey: a key must be bytes or a hexadecimal string");
  // Not `secret.slice()`: on a Node Buffer that is a view, which the caller may wipe.
  const bytes = typeof secret === "string" ? parseHex(secret) : Uint8Array.from(secret);
  if (bytes.length < minimumBytes)
    throw new WatermarkError(
      "ERR_KEY",
      `createKey: a key needs at least ${minimumBytes} bytes, got ${bytes.length}`,
      { fields: { needed: minimumBytes, got: bytes.length } },
    );
  const id = hex(hmac(sha256, bytes, utf8.encode("deepgrain watermark key id"))).slice(0, 16);
  const key: WatermarkKey = Object.freeze({ id });
  secrets.set(key, bytes);
  return key;
}

/** A random 128-bit key from a generator of numbers in [0, 1): for experiments, not for secrets. */
export const randomKey = (random: () => number): WatermarkKey =>
  createKey(Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256)));

/** True for keys made by `createKey`. */
export const isKey = (value: unknown): value is WatermarkKey =>
  typeof value === "object" && value !== null && secrets.has(value as WatermarkKey);

/**
 * A new 256-bit secret from the platform's cryptographic generator, as hexadecimal digits. The caller must store it.
 */
export const generateSecret = (): string => hex(crypto.getRandomValues(new Uint8Array(32)));

function secretOf(key: WatermarkKey): Uint8Array {
  const bytes = secrets.get(key);
  if (!bytes) throw new WatermarkError("ERR_KEY", "key: expected a key made by createKey");
  return bytes;
}

/**
 * Whether two keys hold the same secret, in time that does not depend on where they differ.
 *
 * @throws {WatermarkError} `ERR_KEY` when either was not made by `createKey`
 */
export function isSameKey(a: WatermarkKey, b: WatermarkKey): boolean {
  const label = utf8.encode("deepgrain watermark key comparison");
  const left = hmac(sha256, secretOf(a), label);
  const right = hmac(sha256, secretOf(b), label);
  let difference = 0;
  for (let i = 0; i < left.length; i++) difference |= left[i]! ^ right[i]!;
  return difference === 0;
}

/**
 * A keyed hash for one purpose: HMAC-SHA-256(HMAC-SHA-256(key, purpose), data).
 *
 * @returns 32 bytes
 */
export const keyedHash = (key: WatermarkKey, purpose: string, data: Uint8Array): Uint8Array =>
  hmac(sha256, hmac(sha256, secretOf(key), utf8.encode(purpose)), data);

/**
 * A 128-bit subkey for one purpose: the first half of HMAC-SHA-256(key, purpose). Different purposes
 * give independent subkeys, so no scheme reveals anything about another.
 *
 * @param purpose for example `"kgw/green"`
 */
export function deriveSubkey(key: WatermarkKey, purpose: string): SipKey {
  const view = new DataView(hmac(sha256, secretOf(key), utf8.encode(purpose)).buffer);
  return [0, 4, 8, 12].map((at) => view.getInt32(at, true)) as unknown as SipKey;
}
