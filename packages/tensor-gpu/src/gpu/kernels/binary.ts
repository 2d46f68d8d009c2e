import type { ArithmeticOp, CompareOp } from "../../backend/kernels";
import {
  arithmetic as arithmeticOnHost,
  compare as compareOnHost,
  where as whereOnHost,
} from "../../js/kernels/binary";
import { hostSide } from "../host-kernels";
import type { OnHeap } from "../on-heap";
import { elementwise } from "../strided";

/** The larger or smaller of v0 and v1, NaN if either is. */
const choose = (sign: ">" | "<") => `value = v1;
    if (v0 ${sign} v1) { value = v0; }
    if (isNan(v0) > 0) { value = v0; }`;

const BODIES: Record<ArithmeticOp, string> = {
  add: "value = v0 + v1;",
  sub: "value = v0 - v1;",
  mul: "value = v0 * v1;",
  div: "value = v0 / v1;",
  pow: "value = powOf(v0, v1);",
  maximum: choose(">"),
  minimum: choose("<"),
  remainder: "value = remainderOf(v0, v1);",
};

const COMPARISONS: Record<CompareOp, string> = {
  eq: "v0 == v1",
  ne: "v0 != v1",
  lt: "v0 < v1",
  le: "v0 <= v1",
  gt: "v0 > v1",
  ge: "v0 >= v1",
};

/** NaN compares unequal and unordered, however the device treats it. */
const comparison = (op: CompareOp) => `if (${COMPARISONS[op]}) { value = 1; }
    if (isNan(v0) + isNan(v1) > 0) { value = ${op === "ne" ? 1 : 0}; }`;

export const arithmetic: OnHeap["arithmetic"] = (heap, op, out, a, b) => {
  if (out.dtype !== "float32") return void arithmeticOnHost(hostSide(heap, [out]), op, out, a, b);
  elementwise(heap, op, out, [a, b], {}, BODIES[op]);
};

export const compare: OnHeap["compare"] = (heap, op, out, a, b) => {
  if (a.dtype !== "float32") return void compareOnHost(hostSide(heap, [out]), op, out, a, b);
  elementwise(heap, op, out, [a, b], {}, comparison(op));
};

export const where: OnHeap["where"] = (heap, out, condition, a, b) => {
  if (out.dtype !== "float32") return void whereOnHost(hostSide(heap, [out]), out, condition, a, b);
  elementwise(
    heap,
    "where",
    out,
    [condition, a, b],
    {},
    "value = v1;\n    if (v0 == 0) { value = v2; }",
  );
};

export const addScaled: OnHeap["addScaled"] = (heap, out, x, scale) => {
  elementwise(heap, "addScaled", out, [out, x], { scale }, "value = v0 + scale * v1;");
};
