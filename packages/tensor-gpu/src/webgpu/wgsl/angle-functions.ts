/**
 * @file Sine and cosine in WGSL for every float32: x·2/π as an integer product with 192 bits of 2/π, and polynomials of the
 * remainder. Payne & Hanek 1983, "Radian reduction for trigonometric functions"
 */

export const ANGLE_FUNCTIONS: Readonly<Record<string, string>> = {
  // Whole quarter turns, and the remainder in quarter turns from −1/2 to 1/2, for |x| of at least 2.
  largeTurn: `fn largeTurn(x: f32) -> vec2f {
  var digits = array<u32, 6>(0x3c439041u, 0xdb629599u, 0xf534ddc0u, 0xfc2757d1u, 0x4e441529u, 0xa2f9836eu);
  let bits = bitcast<u32>(x);
  let e = i32((bits >> 23u) & 0xffu) - 128;
  let mantissa = (bits << 8u) | 0x80000000u;
  var words: array<u32, 7>;
  var high = 0u;
  for (var q = 0; q < 6; q++) {
    let low = digits[q] * mantissa;
    let sum = high + low;
    high = highProduct(digits[q], mantissa) + select(0u, 1u, sum < low);
    words[q] = sum;
  }
  words[6] = high;
  let place = 4 - (e >> 5u);
  let shift = u32(e & 31);
  high = words[place + 2];
  var low = words[place + 1];
  if (shift > 0u) {
    high = (high << shift) | (low >> (32u - shift));
    low = (low << shift) | (words[place] >> (32u - shift));
  }
  var quarters = f32(high >> 30u);
  high = (high << 2u) | (low >> 30u);
  var rest = f32(high) * 2.3283064365386963e-10;
  if (high >= 0x80000000u) { quarters += 1.0; rest = -f32(~high + 1u) * 2.3283064365386963e-10; }
  return select(vec2f(quarters, rest), vec2f(-quarters, -rest), bits >= 0x80000000u);
}`,
  turnOf: `fn turnOf(x: f32) -> vec2f {
  if (abs(x) > 8192.0) { return largeTurn(x); }
  let turns = floor(x * 0.6366197723675814 + 0.5);
  let rest = ((x - turns * 1.5703125) - turns * 0.0004837512969970703) - turns * 7.549789954891882e-8;
  return vec2f(turns, rest * 0.6366197723675814);
}`,
  // Of whole quarter turns and a remainder. Moshier 1989, "Methods and programs for mathematical functions", section 3.1
  sinOfTurn: `fn sinOfTurn(turn: vec2f, quarter: i32) -> f32 {
  let place = (i32(turn.x) + quarter) & 3;
  let r = 1.5707963267948966 * turn.y;
  let z = r * r;
  var result = r + r * z * (-0.16666654611 + z * (0.0083321608736 - z * 0.00019515295891));
  if ((place & 1) == 1) {
    result = 1.0 - 0.5 * z + z * z * (0.04166664568298827 + z * (-0.001388731625493765 + z * 0.00002443315711809948));
  }
  return select(result, -result, place > 1);
}`,
  sinOf: `fn sinOf(x: f32) -> f32 {
  if (!isFinite(x)) { return nanOf(); }
  return sinOfTurn(turnOf(x), 0);
}`,
  cosOf: `fn cosOf(x: f32) -> f32 {
  if (!isFinite(x)) { return nanOf(); }
  return sinOfTurn(turnOf(x), 1);
}`,
};
