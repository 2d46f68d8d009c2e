/** @file SHA-256 and HMAC-SHA-256, synchronous, because WebCrypto's are asynchronous. */

const rotate = (x: number, n: number) => (x >>> n) | (x << (32 - n));

const isPrime = (n: number) => {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
};

/** The first `count` primes' roots, as the 32 bits after the binary point. */
function rootBits(count: number, power: number): Int32Array {
  const bits = new Int32Array(count);
  for (let n = 2, i = 0; i < count; n++)
    if (isPrime(n)) bits[i++] = ((n ** power % 1) * 2 ** 32) | 0;
  return bits;
}

let constants: { start: Int32Array; round: Int32Array } | undefined;
const getConstants = () => {
  constants ??= { start: rootBits(8, 1 / 2), round: rootBits(64, 1 / 3) };
  return constants;
};

function compress(state: Int32Array, w: Int32Array, round: Int32Array): void {
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as number[] as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + round[i]! + w[i]!) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  const next = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i++) state[i] = (state[i]! + next[i]!) | 0;
}

/**
 * The SHA-256 digest of `message`.
 *
 * @param message any bytes
 * @returns 32 bytes
 * @see FIPS 180-4, section 6.2
 */
export function sha256(message: Uint8Array): Uint8Array {
  const { start, round } = getConstants();
  const padded = new Uint8Array(((message.length + 72) >> 6) << 6);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 2 ** 29));
  view.setUint32(padded.length - 4, message.length << 3);
  const state = start.slice();
  const words = new Int32Array(64);
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(block + 4 * i);
    compress(state, words, round);
  }
  const digest = new DataView(new ArrayBuffer(32));
  for (let i = 0; i < 8; i++) digest.setInt32(4 * i, state[i]!);
  return new Uint8Array(digest.buffer);
}

/**
 * HMAC-SHA-256 of `message` under `key`.
 *
 * @param key any number of bytes
 * @param message any bytes
 * @returns 32 bytes
 * @see RFC 2104
 */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  const block = new Uint8Array(64);
  block.set(key.length > 64 ? sha256(key) : key);
  const inner = new Uint8Array(64 + message.length);
  inner.set(block.map((byte) => byte ^ 0x36));
  inner.set(message, 64);
  const outer = new Uint8Array(96);
  outer.set(block.map((byte) => byte ^ 0x5c));
  outer.set(sha256(inner), 64);
  return sha256(outer);
}
