/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes, and of the square roots of 8. */
function primeRoots(): { constants: Uint32Array; start: Uint32Array } {
  const fraction = (x: number) => Math.floor((x - Math.floor(x)) * 2 ** 32);
  const [constants, start]: [number[], number[]] = [[], []];
  for (let n = 2; constants.length < 64; n++) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor++;
    if (divisor * divisor <= n) continue;
    constants.push(fraction(Math.cbrt(n)));
    if (start.length < 8) start.push(fraction(Math.sqrt(n)));
  }
  return { constants: Uint32Array.from(constants), start: Uint32Array.from(start) };
}

const { constants, start } = primeRoots();

const rotated = (x: number, by: number) => (x >>> by) | (x << (32 - by));

/** Mixes one block of 64 bytes into the state. */
function mix(state: Uint32Array, block: DataView): void {
  const words = new Uint32Array(64);
  for (let i = 0; i < 16; i++) words[i] = block.getUint32(4 * i);
  for (let i = 16; i < 64; i++) {
    const [x, y] = [words[i - 15]!, words[i - 2]!];
    const low = rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3);
    const high = rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10);
    words[i] = words[i - 16]! + low + words[i - 7]! + high;
  }
  let [a, b, c, d, e, f, g, h] = Array.from(state) as [
    ...[number, number, number, number],
    ...[number, number, number, number],
  ];
  for (let i = 0; i < 64; i++) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const first =
      h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + choice + constants[i]! + words[i]!;
    const second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + majority;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  for (const [i, x] of [a, b, c, d, e, f, g, h].entries()) state[i] = state[i]! + x;
}

/** A SHA-256 of bytes that come piece by piece. */
export interface RunningSha256 {
  update(bytes: Uint8Array): void;
  /** The hash of all bytes, 32 of them; once. */
  digest(): Uint8Array;
}

/**
 * Begins a SHA-256, in every runtime (browsers have only one of all bytes at once).
 * @see FIPS 180-4, sections 4.1.2, 5.1.1 and 6.2
 */
export function runningSha256(): RunningSha256 {
  const state = start.slice();
  const block = new Uint8Array(64);
  const view = new DataView(block.buffer);
  let length = 0;
  const update = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; ) {
      const filled = length % 64;
      const piece = bytes.subarray(at, at + 64 - filled);
      block.set(piece, filled);
      at += piece.length;
      length += piece.length;
      if (length % 64 === 0) mix(state, view);
    }
  };
  return {
    update,
    digest() {
      const sizeBytes = length;
      update(Uint8Array.of(0x80));
      update(new Uint8Array((120 - (length % 64)) % 64));
      const bits = new DataView(new ArrayBuffer(8));
      bits.setUint32(0, Math.floor(sizeBytes / 2 ** 29));
      bits.setUint32(4, sizeBytes << 3);
      update(new Uint8Array(bits.buffer));
      const digest = new Uint8Array(32);
      for (const [i, word] of state.entries()) new DataView(digest.buffer).setUint32(4 * i, word);
      return digest;
    },
  };
}

/** The SHA-256 of bytes, at once and in every runtime. @returns 32 bytes */
export function sha256(bytes: Uint8Array): Uint8Array {
  const hash = runningSha256();
  hash.update(bytes);
  return hash.digest();
}
