/**
 * @file An angle's whole quarters of a turn and its rest, exact for every float32: x·2/π as an integer product with 192
 * bits of 2/π. Payne & Hanek 1983, "Radian reduction for trigonometric functions"
 */

/** For WebGL 2, whose shaders have whole words, and angles beyond 2 at least. The rest is a share of a quarter turn, from −1/2 to 1/2. */
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

/** Native forms that leave small angles to the plain way. */
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

/** The same for the other modes, for angles up to 8192: whole quarters of π/2 in three parts. */
export const ANGLE_FUNCTIONS: readonly string[] = [
  "function quartersOf(x) { const turns = Math.floor(x * 0.6366197723675814 + 0.5); return turns; }",
  `function restOf(x) {
    const turns = Math.floor(x * 0.6366197723675814 + 0.5);
    const rest = ((x - turns * 1.5703125) - turns * 0.0004837512969970703) - turns * 7.549789954891882e-8;
    return rest * 0.6366197723675814;
  }`,
];
