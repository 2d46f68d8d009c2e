import type { ArithmeticOp, CompareOp } from "../../backend/kernels";
import type { DType } from "../../backend/view";
import { type As, elementwise } from "../elementwise";
import type { OnLauncher } from "../launcher";

const FLOATS: Record<ArithmeticOp, string> = {
  add: "v0 + v1",
  sub: "v0 - v1",
  mul: "v0 * v1",
  div: "v0 / v1",
  pow: "powOf(v0, v1)",
  maximum: "maxOf(v0, v1)",
  minimum: "minOf(v0, v1)",
  remainder: "remainderOf(v0, v1)",
};

const INTEGERS: Record<ArithmeticOp, string> = {
  ...FLOATS,
  div: "quotientOf(v0, v1)",
  pow: "wholePower(v0, v1)",
  maximum: "max(v0, v1)",
  minimum: "min(v0, v1)",
  remainder: "wholeRemainder(v0, v1)",
};

const COMPARISONS: Record<CompareOp, string> = {
  eq: "v0 == v1",
  ne: "v0 != v1",
  lt: "v0 < v1",
  le: "v0 <= v1",
  gt: "v0 > v1",
  ge: "v0 >= v1",
};

const typeOf = (dtype: DType): As => (dtype === "float32" ? "f32" : "i32");

/** NaN compares unequal and unordered, however the device treats it. */
const comparison = (op: CompareOp, as: As) => `value = select(0, 1, ${COMPARISONS[op]});
  ${as === "f32" ? `if (isNan(v0) || isNan(v1)) { value = ${op === "ne" ? 1 : 0}; }` : ""}`;

export const binaryKernels = {
  arithmetic(launcher, op, out, a, b) {
    const as = typeOf(out.dtype);
    const body = `value = ${(as === "f32" ? FLOATS : INTEGERS)[op]};`;
    elementwise(launcher, { key: `${op}:${as}`, out, inputs: [a, b], as, body });
  },

  compare(launcher, op, out, a, b) {
    const type = typeOf(a.dtype);
    const inputs = [a, b];
    const from = [type, type];
    const body = comparison(op, type);
    elementwise(launcher, { key: `${op}:${type}`, out, inputs, as: "i32", from, body });
  },

  where(launcher, out, condition, a, b) {
    // Minus zero is a zero, too.
    const test = condition.dtype === "float32" ? "(v0 << 1u) != 0u" : "v0 != 0u";
    const body = `value = select(v2, v1, ${test});`;
    const key = `where:${typeOf(condition.dtype)}`;
    elementwise(launcher, { key, out, inputs: [condition, a, b], as: "u32", body, flop: 0 });
  },

  addScaled(launcher, out, x, scale) {
    const inputs = [out, x];
    const body = "value = v0 + a.scale * v1;";
    elementwise(launcher, { key: "addScaled", out, inputs, floats: { scale }, body, flop: 2 });
  },
} satisfies Partial<OnLauncher>;
