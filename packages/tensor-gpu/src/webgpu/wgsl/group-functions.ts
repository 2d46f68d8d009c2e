/** @file Sums and maxima over a workgroup in WGSL, always in the same order. To be called by all of its threads. */
import { THREADS } from "../launcher";

/** @param join the pair's joint value, from `x` and `y` */
const folded = (name: string, type: string, join: string) => `
var<workgroup> ${name}Parts: array<${type}, ${THREADS}>;
fn ${name}(value: ${type}, lane: u32) -> ${type} {
  workgroupBarrier();
  ${name}Parts[lane] = value;
  workgroupBarrier();
  for (var step = ${THREADS / 2}u; step > 0u; step = step >> 1u) {
    if (lane < step) {
      let x = ${name}Parts[lane];
      let y = ${name}Parts[lane + step];
      ${name}Parts[lane] = ${join};
    }
    workgroupBarrier();
  }
  return ${name}Parts[0];
}`;

export const GROUP_FUNCTIONS: Readonly<Record<string, string>> = {
  groupSum: folded("groupSum", "f32", "x + y"),
  groupProduct: folded("groupProduct", "f32", "x * y"),
  groupMax: folded("groupMax", "f32", "maxOf(x, y)"),
  groupMin: folded("groupMin", "f32", "minOf(x, y)"),
  groupSumInt: folded("groupSumInt", "i32", "x + y"),
  groupProductInt: folded("groupProductInt", "i32", "x * y"),
  groupMaxInt: folded("groupMaxInt", "i32", "max(x, y)"),
  groupMinInt: folded("groupMinInt", "i32", "min(x, y)"),
  // Of pairs of order and place: the largest order, the first of equals.
  groupFirst: folded("groupFirst", "vec2u", "select(x, y, y.x > x.x || (y.x == x.x && y.y < x.y))"),
};
