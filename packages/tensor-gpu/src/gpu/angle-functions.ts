/**
 * @file Splits an angle into whole quarter turns and a remainder, exactly for every float32: x·2/π as an integer
 * product with at least 180 bits of 2/π. Payne & Hanek 1983, "Radian reduction for trigonometric functions"
 */

/**
 * For WebGL 2, whose shaders have 32-bit integers, and for magnitudes of at least 2. The remainder is in quarter
 * turns, from −1/2 to 1/2.
 */
export const ANGLE_SOURCE = `
const uint TWO_OVER_PI[6] = uint[6](0x3c439041u, 0xdb629599u, 0xf534ddc0u, 0xfc2757d1u, 0x4e441529u, 0xa2f9836eu);
uint highProduct(uint a, uint b) {
  uint al = a & 0xffffu; uint ah = a >> 16; uint bl = b & 0xffffu; uint bh = b >> 16;
  uint middle = ah * bl + ((al * bl) >> 16);
  return ah * bh + (middle >> 16) + (((middle & 0xffffu) + al * bh) >> 16);
}
vec2 turn(float x) {
  uint bits = floatBitsToUint(x);
  int e = int((bits >> 23) & 0xffu) - 128;
  uint mantissa = (bits << 8) | 0x80000000u;
  uint words[7];
  uint high = 0u;
  for (int q = 0; q < 6; q++) {
    uint low = TWO_OVER_PI[q] * mantissa;
    uint sum = high + low;
    high = highProduct(TWO_OVER_PI[q], mantissa) + (sum < low ? 1u : 0u);
    words[q] = sum;
  }
  words[6] = high;
  int place = 4 - (e >> 5);
  int shift = e & 31;
  high = words[place + 2];
  uint low = words[place + 1];
  if (shift > 0) {
    high = (high << shift) | (low >> (32 - shift));
    low = (low << shift) | (words[place] >> (32 - shift));
  }
  float quarters = float(high >> 30);
  high = (high << 2) | (low >> 30);
  float rest = float(high) * exp2(-32.0);
  if (high >= 0x80000000u) { quarters += 1.0; rest = -float(~high + 1u) * exp2(-32.0); }
  return bits >= 0x80000000u ? vec2(-quarters, -rest) : vec2(quarters, rest);
}
`;

const PLAIN_LIMIT = "8192.0";

/** Native versions, which use the plain method for small angles. */
export const ANGLE_NATIVES = {
  quartersOf: `float quartersOf(float x) {
  return abs(x) > ${PLAIN_LIMIT} ? turn(x).x : floor(x * 0.6366197723675814 + 0.5);
}`,
  restOf: `float restOf(float x) {
  if (abs(x) > ${PLAIN_LIMIT}) return turn(x).y;
  float turns = floor(x * 0.6366197723675814 + 0.5);
  return (((x - turns * 1.5703125) - turns * 0.0004837512969970703) - turns * 7.549789954891882e-8) * 0.6366197723675814;
}`,
};

/** 2/π in digits of twelve bits, the most significant first. */
const DIGITS = [
  2607, 2435, 1764, 3652, 338, 2556, 629, 2001, 3923, 1245, 3085, 2914, 2393, 2364, 1081,
];

/**
 * The contribution of one digit: products of twelve bits by twelve are exact, and so are their remainders after whole
 * turns. Digits too small to matter are left out, also because compilers merge products by constants: all of them
 * together would be 0.
 */
const digitShare = (digit: number) => `
    if (unit > 2.220446049250313e-16) {
      unit = unit * 0.000244140625;
      if (unit < 16384) {
        const upper = withoutTurns(${digit} * high * unit);
        const lower = withoutTurns(${digit} * low * unit * 0.000244140625);
        coarse = coarse + coarseOf(upper) + coarseOf(lower);
        fine = fine + (upper - coarseOf(upper)) + (lower - coarseOf(lower));
      }
    }`;

/**
 * The same for the other modes, which have no 32-bit integers: |x| is (high + low·2⁻¹²)·unit, twelve bits each, and the sum
 * over the digits of 2/π is kept as multiples of 2⁻¹⁴, which are exact, and the remainder.
 */
export const ANGLE_FUNCTIONS: readonly string[] = [
  "function withoutTurns(quarters) { return quarters - 4 * Math.floor(quarters * 0.25); }",
  "function coarseOf(quarters) { return Math.floor(quarters * 16384) * 0.00006103515625; }",
  // Returns the whole quarters (part 0) or the remainder (part 1).
  `function turnOf(x, part) {
    let unit = 1;
    let scaled = Math.abs(x);
    for (let turn = 0; turn < 117; turn++) {
      if (scaled >= 4096) { scaled = scaled * 0.5; unit = unit * 2; }
    }
    const high = Math.floor(scaled);
    const low = (scaled - high) * 4096;
    let coarse = 0;
    let fine = 0;${DIGITS.map(digitShare).join("")}
    coarse = withoutTurns(coarse);
    const quarters = Math.floor(coarse + 0.5);
    let result = quarters;
    if (part > 0) { result = coarse - quarters + fine; }
    if (x < 0) { result = -result; }
    return result;
  }`,
  `function quartersOf(x) {
    let quarters = Math.floor(x * 0.6366197723675814 + 0.5);
    if (Math.abs(x) > ${PLAIN_LIMIT}) { quarters = turnOf(x, 0); }
    return quarters;
  }`,
  `function restOf(x) {
    const turns = Math.floor(x * 0.6366197723675814 + 0.5);
    const rest = ((x - turns * 1.5703125) - turns * 0.0004837512969970703) - turns * 7.549789954891882e-8;
    let share = rest * 0.6366197723675814;
    if (Math.abs(x) > ${PLAIN_LIMIT}) { share = turnOf(x, 1); }
    return share;
  }`,
];
