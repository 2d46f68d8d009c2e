/** @file Whole numbers of 32 bits in WGSL: results wrap; division truncates, and by zero it gives 0. */

export const INTEGER_FUNCTIONS: Readonly<Record<string, string>> = {
  quotientOf: `fn quotientOf(x: i32, y: i32) -> i32 {
  if (y == 0) { return 0; }
  if (y == -1) { return -x; }
  return x / y;
}`,
  // With the divisor's sign.
  wholeRemainder: `fn wholeRemainder(x: i32, y: i32) -> i32 {
  if (y == 0 || y == -1) { return 0; }
  let rest = x % y;
  return select(rest, rest + y, rest != 0 && (rest < 0) != (y < 0));
}`,
  wholePower: `fn wholePower(base: i32, exponent: i32) -> i32 {
  if (exponent < 0) {
    if (base == 1) { return 1; }
    if (base == -1) { return select(-1, 1, (exponent & 1) == 0); }
    return 0;
  }
  var result = 1;
  var square = base;
  for (var rest = u32(exponent); rest > 0u; rest = rest >> 1u) {
    if ((rest & 1u) == 1u) { result = result * square; }
    square = square * square;
  }
  return result;
}`,
  // Towards zero, clamped to the range, 0 for NaN.
  truncated: `fn truncated(x: f32) -> i32 {
  if (isNan(x)) { return 0; }
  if (x >= 2147483648.0) { return 2147483647; }
  if (x <= -2147483648.0) { return -2147483647 - 1; }
  return i32(x);
}`,
  // The upper half of a product, from halves of its factors.
  highProduct: `fn highProduct(x: u32, y: u32) -> u32 {
  let xl = x & 0xffffu; let xh = x >> 16u; let yl = y & 0xffffu; let yh = y >> 16u;
  let middle = xh * yl + ((xl * yl) >> 16u);
  return xh * yh + (middle >> 16u) + (((middle & 0xffffu) + xl * yh) >> 16u);
}`,
  // Philox 4x32-10 with counter words 0 and 1. Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3
  philox: `fn philox(key: vec2u, block: vec2u) -> vec4u {
  var k = key;
  var c = vec4u(block, 0u, 0u);
  for (var turn = 0; turn < 10; turn++) {
    let x = highProduct(0xd2511f53u, c.x);
    let z = highProduct(0xcd9e8d57u, c.z);
    c = vec4u(z ^ c.y ^ k.x, 0xcd9e8d57u * c.z, x ^ c.w ^ k.y, 0xd2511f53u * c.x);
    k += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}`,
  // A number whose order is that of floats, NaN being the largest and −0 equal to 0.
  orderOf: `fn orderOf(x: f32) -> u32 {
  if (isNan(x)) { return 0xffffffffu; }
  var bits = bitcast<u32>(x);
  if ((bits << 1u) == 0u) { bits = 0u; }
  return select(bits ^ 0x80000000u, ~bits, bits >= 0x80000000u);
}`,
};
