/** @file The primitives of secure aggregation, all from maintained libraries: X25519, HKDF, ChaCha20, Shamir's shares. */
import { chacha20, chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { FedError } from "../../errors";

/** An X25519 key pair, 32 bytes per key. */
export interface KeyPair {
  readonly secretKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** Random bytes from the platform's secure generator. */
export function secureBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** A new key pair. */
export function createKeyPair(): KeyPair {
  const secretKey = secureBytes(32);
  return { secretKey, publicKey: x25519.getPublicKey(secretKey) };
}

/**
 * The key that two clients share, for one purpose in one round.
 * @throws {FedError} `ERR_SECURE` for a public key that is not a valid point
 */
export function sharedKey(
  secretKey: Uint8Array,
  publicKey: Uint8Array,
  purpose: string,
): Uint8Array {
  try {
    const secret = x25519.getSharedSecret(secretKey, publicKey);
    return hkdf(sha256, secret, undefined, new TextEncoder().encode(`fedlt ${purpose}`), 32);
  } catch (cause) {
    throw new FedError("ERR_SECURE", "fedlt/secure: a public key is not a point of X25519", {
      cause,
    });
  }
}

/** Adds (`sign` 1) or subtracts the key stream of a seed, modulo 2^32, in place. */
export function addMask(numbers: Uint32Array, seed: Uint8Array, sign: 1 | -1): void {
  const bytes = chacha20(seed, new Uint8Array(12), new Uint8Array(numbers.length * 4));
  const mask = new Uint32Array(bytes.buffer, bytes.byteOffset, numbers.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = (numbers[i]! + sign * mask[i]!) >>> 0;
}

const NONCE_BYTES = 12;

/** Encrypts and authenticates bytes; `about` is authenticated with them but not sent. */
export function seal(key: Uint8Array, text: Uint8Array, about: string): Uint8Array {
  const nonce = secureBytes(NONCE_BYTES);
  const sealed = chacha20poly1305(key, nonce, new TextEncoder().encode(about)).encrypt(text);
  const box = new Uint8Array(NONCE_BYTES + sealed.length);
  box.set(nonce);
  box.set(sealed, NONCE_BYTES);
  return box;
}

/** The reverse of `seal`. @throws {FedError} `ERR_SECURE` when the bytes were changed or belong elsewhere */
export function unseal(key: Uint8Array, box: Uint8Array, about: string): Uint8Array {
  try {
    const nonce = box.slice(0, NONCE_BYTES);
    return chacha20poly1305(key, nonce, new TextEncoder().encode(about)).decrypt(
      box.slice(NONCE_BYTES),
    );
  } catch (cause) {
    throw new FedError("ERR_SECURE", `fedlt/secure: shares were changed in transit (${about})`, {
      cause,
    });
  }
}
