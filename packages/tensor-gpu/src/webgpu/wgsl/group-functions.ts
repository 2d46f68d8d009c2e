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

/** The same by subgroups of any size: the first thread of each writes its result, and each subgroup joins all of them. */
const bySubgroups = (name: string, type: string, join: string, start: string, joined: string) => `
var<workgroup> ${name}Parts: array<${type}, ${THREADS}>;
fn ${name}(value: ${type}, lane: u32) -> ${type} {
  let own = ${joined}(value);
  let size = subgroupAdd(1u);
  let rank = subgroupExclusiveAdd(1u);
  workgroupBarrier();
  ${name}Parts[lane] = select(${start}, own, rank == 0u);
  workgroupBarrier();
  var x = ${type}(${start});
  for (var at = rank; at < ${THREADS}u; at += size) {
    let y = ${name}Parts[at];
    x = ${join};
  }
  return ${joined}(x);
}`;

/** The extreme of floats by that of integers in their order, in which NaN is as extreme as any: hardware's own may lose it. */
const byIntegers = (name: string, nan: string) => `
fn ${name}(value: f32, lane: u32) -> f32 {
  let bits = bitcast<i32>(value);
  let found = ${name}Int(select(select(bits, bits ^ 0x7fffffff, bits < 0), ${nan}, isNan(value)), lane);
  return bitcast<f32>(select(found, found ^ 0x7fffffff, found < 0));
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

const [LEAST, MOST] = ["(-2147483647 - 1)", "2147483647"];

/** Those that are faster with the feature `subgroups`. */
export const SUBGROUP_FUNCTIONS: Readonly<Record<string, string>> = {
  groupSum: bySubgroups("groupSum", "f32", "x + y", "0.0", "subgroupAdd"),
  groupProduct: bySubgroups("groupProduct", "f32", "x * y", "1.0", "subgroupMul"),
  groupMax: byIntegers("groupMax", MOST),
  groupMin: byIntegers("groupMin", LEAST),
  groupSumInt: bySubgroups("groupSumInt", "i32", "x + y", "0", "subgroupAdd"),
  groupProductInt: bySubgroups("groupProductInt", "i32", "x * y", "1", "subgroupMul"),
  groupMaxInt: bySubgroups("groupMaxInt", "i32", "max(x, y)", LEAST, "subgroupMax"),
  groupMinInt: bySubgroups("groupMinInt", "i32", "min(x, y)", MOST, "subgroupMin"),
};
