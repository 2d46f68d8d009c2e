/** @file Arithmetic that vectors do not have: done lane by lane. int32 wraps, and division by zero gives 0. */

@inline function lane(v: v128, index: i32): i32 {
  if (index == 0) return i32x4.extract_lane(v, 0);
  if (index == 1) return i32x4.extract_lane(v, 1);
  if (index == 2) return i32x4.extract_lane(v, 2);
  return i32x4.extract_lane(v, 3);
}

@inline function lanes(a: i32, b: i32, c: i32, d: i32): v128 {
  return i32x4.replace_lane(i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(a), 1, b), 2, c), 3, d);
}

/** Quotient truncated towards zero. */
function divide(a: i32, b: i32): i32 {
  if (b == 0) return 0;
  return b == -1 ? 0 - a : a / b; // the smallest integer by −1 would trap
}

/** Remainder with the divisor's sign. */
function modulo(a: i32, b: i32): i32 {
  if (b == 0 || b == -1) return 0;
  const rest = a % b;
  return rest != 0 && (rest ^ b) < 0 ? rest + b : rest;
}

/** aᵇ; for b < 0 the quotient 1/a^−b truncated, and 0 for a = 0. */
function power(a: i32, b: i32): i32 {
  if (b < 0) {
    if (a == 1) return 1;
    return a != -1 ? 0 : b & 1 ? -1 : 1;
  }
  let result = 1;
  for (; b > 0; b >>= 1) {
    if (b & 1) result *= a;
    a *= a;
  }
  return result;
}

/** Remainder with the divisor's sign; NaN for a zero divisor or an infinite dividend. */
function floatModulo(a: f32, b: f32): f32 {
  const rest = Mathf.mod(a, b);
  return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
}

export function integerDivide4(a: v128, b: v128): v128 {
  return lanes(
    divide(lane(a, 0), lane(b, 0)), divide(lane(a, 1), lane(b, 1)),
    divide(lane(a, 2), lane(b, 2)), divide(lane(a, 3), lane(b, 3)),
  );
}

export function integerRemainder4(a: v128, b: v128): v128 {
  return lanes(
    modulo(lane(a, 0), lane(b, 0)), modulo(lane(a, 1), lane(b, 1)),
    modulo(lane(a, 2), lane(b, 2)), modulo(lane(a, 3), lane(b, 3)),
  );
}

export function integerPower4(a: v128, b: v128): v128 {
  return lanes(
    power(lane(a, 0), lane(b, 0)), power(lane(a, 1), lane(b, 1)),
    power(lane(a, 2), lane(b, 2)), power(lane(a, 3), lane(b, 3)),
  );
}

export function remainder4(a: v128, b: v128): v128 {
  let v = f32x4.splat(floatModulo(f32x4.extract_lane(a, 0), f32x4.extract_lane(b, 0)));
  v = f32x4.replace_lane(v, 1, floatModulo(f32x4.extract_lane(a, 1), f32x4.extract_lane(b, 1)));
  v = f32x4.replace_lane(v, 2, floatModulo(f32x4.extract_lane(a, 2), f32x4.extract_lane(b, 2)));
  return f32x4.replace_lane(v, 3, floatModulo(f32x4.extract_lane(a, 3), f32x4.extract_lane(b, 3)));
}
