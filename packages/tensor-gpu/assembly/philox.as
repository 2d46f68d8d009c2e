/**
 * @file The counter-based generator Philox 4x32-10: block number and seed give four words.
 * Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3.
 */
const MULTIPLIER_A: u32 = 0xd2511f53;
const MULTIPLIER_B: u32 = 0xcd9e8d57;
const WEYL_A: u32 = 0x9e3779b9;
const WEYL_B: u32 = 0xbb67ae85;
const ROUNDS: i32 = 10;

/** The same in all lanes: read from memory, which is faster than a vector literal in a loop. */
const TABLE: usize = memory.data<u32>([
  0xd2511f53, 0xd2511f53, 0xd2511f53, 0xd2511f53, 0xcd9e8d57, 0xcd9e8d57, 0xcd9e8d57, 0xcd9e8d57,
  0x9e3779b9, 0x9e3779b9, 0x9e3779b9, 0x9e3779b9, 0xbb67ae85, 0xbb67ae85, 0xbb67ae85, 0xbb67ae85,
], 16);

/** The four words of one block. */
export function philox4(seed: u64, block: u64): v128 {
  let c0 = <u32>block, c1 = <u32>(block >> 32), c2: u32 = 0, c3: u32 = 0;
  let keyA = <u32>seed, keyB = <u32>(seed >> 32);
  for (let round = 0; round < ROUNDS; round++) {
    const a = <u64>MULTIPLIER_A * c0, b = <u64>MULTIPLIER_B * c2;
    c0 = <u32>(b >> 32) ^ c1 ^ keyA;
    c1 = <u32>b;
    c2 = <u32>(a >> 32) ^ c3 ^ keyB;
    c3 = <u32>a;
    keyA += WEYL_A;
    keyB += WEYL_B;
  }
  return i32x4.replace_lane(i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(c0), 1, c1), 2, c2), 3, c3);
}

/** Writes the sixteen words of blocks `block` … `block` + 3, one block after the other; each lane works on one block. */
export function philox16(out: usize, seed: u64, block: u64): void {
  const first = i32x4.splat(<u32>block);
  let c0 = i32x4.add(first, i32x4(0, 1, 2, 3)), c2 = i32x4.splat(0), c3 = c2;
  let c1 = i32x4.sub(i32x4.splat(<u32>(block >> 32)), i32x4.lt_u(c0, first)); // plus one where c0 ran over
  let keyA = i32x4.splat(<u32>seed), keyB = i32x4.splat(<u32>(seed >> 32));
  for (let round = 0; round < ROUNDS; round++) {
    const a01 = i64x2.extmul_low_i32x4_u(c0, v128.load(TABLE)), a23 = i64x2.extmul_high_i32x4_u(c0, v128.load(TABLE));
    const b01 = i64x2.extmul_low_i32x4_u(c2, v128.load(TABLE, 16)), b23 = i64x2.extmul_high_i32x4_u(c2, v128.load(TABLE, 16));
    c0 = v128.xor(v128.xor(v128.shuffle<i32>(b01, b23, 1, 3, 5, 7), c1), keyA);
    c1 = v128.shuffle<i32>(b01, b23, 0, 2, 4, 6);
    c2 = v128.xor(v128.xor(v128.shuffle<i32>(a01, a23, 1, 3, 5, 7), c3), keyB);
    c3 = v128.shuffle<i32>(a01, a23, 0, 2, 4, 6);
    keyA = i32x4.add(keyA, v128.load(TABLE, 32));
    keyB = i32x4.add(keyB, v128.load(TABLE, 48));
  }
  const low01 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5), low23 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5);
  v128.store(out, v128.shuffle<i64>(low01, low23, 0, 2));
  v128.store(out, v128.shuffle<i64>(low01, low23, 1, 3), 16);
  const high01 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7), high23 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<i64>(high01, high23, 0, 2), 32);
  v128.store(out, v128.shuffle<i64>(high01, high23, 1, 3), 48);
}
