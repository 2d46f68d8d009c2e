import { tracked } from "../autograd/track";
import type { ArithmeticOp, CompareOp } from "../backend/kernels";
import type { DType } from "../backend/view";
import { fail, optionsOf, refuseUnknown } from "../errors";
import { broadcastShapes } from "../tensor/shape";
import { assertNumber, assertOneOf, isInt32 } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { assertTensors } from "./operands";
import { broadcastView, cast, type Operand, scalar, sumTo } from "./support";
import { unary } from "./unary";

function operands(op: string, a: Operand, b: Operand): [Tensor, Tensor] {
  const like = typeof a === "number" ? b : a;
  if (typeof like === "number") fail("ERR_DTYPE", `${op}: at least one operand must be a tensor`);
  assertTensors(op, like, typeof b === "number" ? like : b);
  const { backend } = like.storage;
  const lift = (value: Operand): Tensor =>
    typeof value !== "number"
      ? value
      : scalar(value, like.dtype === "int32" && isInt32(value) ? "int32" : "float32", backend);
  const [x, y] = [lift(a), lift(b)];
  const dtype: DType =
    x.dtype === y.dtype && x.dtype !== "bool"
      ? x.dtype
      : x.dtype === "float32" || y.dtype === "float32"
        ? "float32"
        : "int32";
  return [cast(x, dtype), cast(y, dtype)];
}

/** Frees the temporaries that a kernel has read: only operands made here, never the caller's. */
function release(made: Tensor, given: Operand): void {
  if (made !== given) made.dispose();
}

function arithmetic(
  op: ArithmeticOp,
  a: Operand,
  b: Operand,
): { out: Tensor; x: Tensor; y: Tensor } {
  const [x, y] = operands(op, a, b);
  const shape = broadcastShapes(op, x.shape, y.shape);
  const { backend } = x.storage;
  const out = allocate(op, shape, x.dtype, backend);
  backend.kernels.arithmetic(op, out, broadcastView(x, shape), broadcastView(y, shape));
  return { out, x, y };
}

const onTape = (value: Operand): Tensor | null => (typeof value === "number" ? null : value);

/** a + b */
export function add(a: Operand, b: Operand): Tensor {
  const { out, x, y } = arithmetic("add", a, b);
  tracked("add", out, [onTape(a), onTape(b)], () => (dy, needs) => [
    needs[0] ? sumTo(dy, x.shape) : null,
    needs[1] ? sumTo(dy, y.shape) : null,
  ]);
  release(x, a);
  release(y, b);
  return out;
}

/** a − b */
export function sub(a: Operand, b: Operand): Tensor {
  const { out, x, y } = arithmetic("sub", a, b);
  tracked("sub", out, [onTape(a), onTape(b)], () => (dy, needs) => [
    needs[0] ? sumTo(dy, x.shape) : null,
    needs[1] ? unary("neg", sumTo(dy, y.shape)) : null,
  ]);
  release(x, a);
  release(y, b);
  return out;
}

/** a · b, elementwise */
export function mul(a: Operand, b: Operand): Tensor {
  const { out, x, y } = arithmetic("mul", a, b);
  tracked("mul", out, [onTape(a), onTape(b)], (hold, wants) => {
    const [left, right] = [wants[1] ? hold(x) : null, wants[0] ? hold(y) : null];
    return (dy, needs) => [
      needs[0] ? sumTo(mul(dy, right!), x.shape) : null,
      needs[1] ? sumTo(mul(dy, left!), y.shape) : null,
    ];
  });
  release(x, a);
  release(y, b);
  return out;
}

/** a / b, elementwise; int32 operands give float32 */
export function div(a: Operand, b: Operand): Tensor {
  const [x, y] = operands("div", a, b).map((operand) => cast(operand, "float32")) as [
    Tensor,
    Tensor,
  ];
  const { out } = arithmetic("div", x, y);
  tracked("div", out, [onTape(a), onTape(b)], (hold, wants) => {
    const [left, right] = [wants[1] ? hold(x) : null, hold(y)];
    return (dy, needs) => {
      const dx = div(dy, right);
      return [
        needs[0] ? sumTo(dx, x.shape) : null,
        needs[1] ? sumTo(unary("neg", mul(dx, div(left!, right))), right.shape) : null,
      ];
    };
  });
  release(x, a);
  release(y, b);
  return out;
}

/** a^b, elementwise; a number as exponent takes the fast path */
export function pow(a: Tensor, b: Operand): Tensor {
  assertTensors("pow", a);
  if (typeof b === "number" && a.dtype === "float32")
    return b === 2 ? unary("square", a) : unary("powScalar", a, b);
  const { out, x, y } = arithmetic("pow", a, b);
  tracked("pow", out, [a, onTape(b)], (hold, wants) => {
    const base = hold(x);
    const [exponent, value] = [wants[0] ? hold(y) : null, wants[1] ? hold(out) : null];
    return (dy, needs) => [
      needs[0] ? sumTo(mul(mul(dy, exponent!), pow(base, sub(exponent!, 1))), x.shape) : null,
      needs[1] ? sumTo(mul(mul(dy, value!), unary("log", base)), y.shape) : null,
    ];
  });
  release(x, a);
  release(y, b);
  return out;
}

function extreme(op: "maximum" | "minimum", a: Operand, b: Operand): Tensor {
  const { out, x, y } = arithmetic(op, a, b);
  tracked(op, out, [onTape(a), onTape(b)], (hold) => {
    const [left, right] = [hold(x), hold(y)];
    // Equal operands share the gradient equally, as in PyTorch.
    const share = (mine: Tensor, other: Tensor) => {
      const wins = compare(op === "maximum" ? "gt" : "lt", mine, other);
      return add(cast(wins, "float32"), mul(cast(compare("eq", mine, other), "float32"), 0.5));
    };
    return (dy, needs) => [
      needs[0] ? sumTo(mul(dy, share(left, right)), left.shape) : null,
      needs[1] ? sumTo(mul(dy, share(right, left)), right.shape) : null,
    ];
  });
  release(x, a);
  release(y, b);
  return out;
}

/** The larger of each pair; NaN wins */
export const maximum = (a: Operand, b: Operand): Tensor => extreme("maximum", a, b);
/** The smaller of each pair; NaN wins */
export const minimum = (a: Operand, b: Operand): Tensor => extreme("minimum", a, b);

/** a − b·floor(a/b), with the sign of b; b gets no gradient */
export function remainder(a: Operand, b: Operand): Tensor {
  const { out, x, y } = arithmetic("remainder", a, b);
  tracked("remainder", out, [onTape(a), null], () => (dy) => [sumTo(dy, x.shape), null]);
  release(x, a);
  release(y, b);
  return out;
}

const COMPARISONS: readonly CompareOp[] = ["eq", "ne", "lt", "le", "gt", "ge"];

/** Elementwise comparison; the result is bool */
export function compare(op: CompareOp, a: Operand, b: Operand): Tensor {
  assertOneOf("compare", "op", op, COMPARISONS);
  const [x, y] = operands(op, a, b);
  const shape = broadcastShapes(op, x.shape, y.shape);
  const out = allocate(op, shape, "bool", x.storage.backend);
  x.storage.backend.kernels.compare(op, out, broadcastView(x, shape), broadcastView(y, shape));
  release(x, a);
  release(y, b);
  return out;
}

/** a = b */
export const eq = (a: Operand, b: Operand): Tensor => compare("eq", a, b);
/** a ≠ b */
export const ne = (a: Operand, b: Operand): Tensor => compare("ne", a, b);
/** a < b */
export const lt = (a: Operand, b: Operand): Tensor => compare("lt", a, b);
/** a ≤ b */
export const le = (a: Operand, b: Operand): Tensor => compare("le", a, b);
/** a > b */
export const gt = (a: Operand, b: Operand): Tensor => compare("gt", a, b);
/** a ≥ b */
export const ge = (a: Operand, b: Operand): Tensor => compare("ge", a, b);
/** True where x is 0 (or false) */
export function logicalNot(x: Tensor): Tensor {
  assertTensors("logicalNot", x);
  return compare("eq", x, 0);
}
/** True where both are non-zero */
export function logicalAnd(a: Tensor, b: Tensor): Tensor {
  assertTensors("logicalAnd", a, b);
  return compare("ne", mul(cast(ne(a, 0), "int32"), cast(ne(b, 0), "int32")), 0);
}
/** True where either is non-zero */
export function logicalOr(a: Tensor, b: Tensor): Tensor {
  assertTensors("logicalOr", a, b);
  return compare("ne", add(cast(ne(a, 0), "int32"), cast(ne(b, 0), "int32")), 0);
}

/**
 * `a` where the condition is true, `b` elsewhere. The three are broadcast together.
 * @param condition bool (any non-zero counts as true)
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  assertTensors("where", condition);
  const [x, y] =
    typeof a === "number" && typeof b === "number"
      ? [
          scalar(a, "float32", condition.storage.backend),
          scalar(b, "float32", condition.storage.backend),
        ]
      : operands("where", a, b);
  assertTensors("where", condition, x, y);
  const shape = broadcastShapes(
    "where",
    broadcastShapes("where", x.shape, y.shape),
    condition.shape,
  );
  const { backend } = condition.storage;
  const out = allocate("where", shape, x.dtype, backend);
  backend.kernels.where(
    out,
    broadcastView(condition, shape),
    broadcastView(x, shape),
    broadcastView(y, shape),
  );
  tracked("where", out, [onTape(a), onTape(b)], (hold) => {
    const mask = hold(condition);
    return (dy, needs) => [
      needs[0] ? sumTo(where(mask, dy, 0), x.shape) : null,
      needs[1] ? sumTo(where(mask, 0, dy), y.shape) : null,
    ];
  });
  release(x, a);
  release(y, b);
  return out;
}

/** x with `value` wherever the mask is true */
export function maskedFill(x: Tensor, mask: Tensor, value: number): Tensor {
  assertTensors("maskedFill", x, mask);
  return where(mask, value, x);
}

/** x limited to [min, max]; the gradient passes there, bounds included. @throws {TensorError} `ERR_RANGE` for NaN bounds */
export function clamp(
  x: Tensor,
  options: { min?: number | undefined; max?: number | undefined },
): Tensor {
  const { min = -Infinity, max = Infinity, ...rest } = optionsOf("clamp", options);
  refuseUnknown("clamp", rest);
  assertTensors("clamp", x);
  assertNumber("clamp", "min", min);
  assertNumber("clamp", "max", max);
  const raised = arithmetic("maximum", x, min);
  const lowered = arithmetic("minimum", raised.out, max);
  for (const temporary of [raised.y, lowered.y, raised.out]) temporary.dispose();
  return tracked("clamp", lowered.out, [x], (hold) => {
    const input = hold(x);
    return (dy) => [where(logicalAnd(ge(input, min), le(input, max)), dy, 0)];
  });
}
