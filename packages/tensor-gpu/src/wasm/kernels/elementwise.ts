import type { Kernels, UnaryOp } from "../../backend/kernels";
import { ELEMENT_BYTES, type View } from "../../backend/view";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { setInts } from "./slots";
import { mergeAxes, setWalk } from "./walk";

const SHIFT_SLOT = 40;
/** How many simple operations one of these is worth; others count as one. */
const COSTLY: ReadonlySet<UnaryOp> = new Set<UnaryOp>([
  ..."exp expm1 log log1p sin cos tanh sigmoid logSigmoid softplus".split(" "),
  ..."elu gelu geluTanh silu erf powScalar".split(" "),
] as UnaryOp[]);
const COST = 4;

const capital = (op: string) => op.charAt(0).toUpperCase() + op.slice(1);
const workOf = (op: UnaryOp) => (COSTLY.has(op) ? COST : 1);

/** Powers that are simpler functions. */
function simplified(op: UnaryOp, exponent: number): UnaryOp {
  if (op !== "powScalar") return op;
  if (exponent === 2) return "square";
  return exponent === -1 ? "reciprocal" : op;
}

const isFlatOp = (op: UnaryOp, parameter: number) =>
  op === "sign" ||
  op === "floor" ||
  op === "ceil" ||
  op === "round" ||
  (op === "powScalar" && parameter === 0);

/** Row stride in bytes of a matrix, or of a vector taken as one row. */
const rowBytes = ({ shape, strides }: View) =>
  shape.length > 1 ? strides[shape.length - 2]! * ELEMENT_BYTES : 0;

type ElementwiseKernels = Pick<
  Kernels,
  "unary" | "unaryGrad" | "arithmetic" | "compare" | "where" | "addScaled" | "swiglu" | "swigluGrad"
>;

export function elementwiseKernels(launcher: Launcher): ElementwiseKernels {
  const binary = (kernel: string, work: number, out: View, a: View, b: View) => {
    if (out.size === 0) return;
    const { ints } = launcher;
    setInts(ints, 0, [launcher.address(out), launcher.address(a), launcher.address(b)]);
    setWalk(ints, mergeAxes(out.shape, [a.strides, b.strides]));
    launcher.run(kernel, out.size, grain(work));
  };

  return {
    unary(op, out, x, parameter) {
      const { ints, floats } = launcher;
      setInts(ints, 0, [launcher.address(out), launcher.address(x)]);
      floats[2] = parameter;
      const name = `unary${capital(simplified(op, parameter))}`;
      launcher.run(out.dtype === "float32" ? name : `${name}Int`, out.size, grain(workOf(op)));
    },
    unaryGrad(op, dx, dy, x, y, parameter) {
      const { ints, floats } = launcher;
      if (isFlatOp(op, parameter)) {
        setInts(ints, 0, [launcher.address(dx), 0]);
        return launcher.run("fill", dx.size, grain(1));
      }
      setInts(ints, 0, [dx, dy, x, y].map(launcher.address));
      floats[4] = parameter;
      launcher.run(`grad${capital(simplified(op, parameter))}`, dx.size, grain(workOf(op)));
    },
    arithmetic(op, out, a, b) {
      const name = `binary${capital(op)}${out.dtype === "float32" ? "" : "Int"}`;
      binary(name, op === "pow" || op === "remainder" ? COST * COST : 1, out, a, b);
    },
    compare(op, out, a, b) {
      const type = a.dtype === "float32" ? "" : "Int";
      if (op === "gt") binary(`binaryLt${type}`, 1, out, b, a);
      else if (op === "ge") binary(`binaryLe${type}`, 1, out, b, a);
      else binary(`binary${capital(op)}${type}`, 1, out, a, b);
    },
    where(out, condition, a, b) {
      if (out.size === 0) return;
      const { ints } = launcher;
      setInts(ints, 0, [out, condition, a, b].map(launcher.address));
      setWalk(ints, mergeAxes(out.shape, [condition.strides, a.strides, b.strides]));
      ints[SHIFT_SLOT] = condition.dtype === "float32" ? 1 : 0;
      launcher.run("where", out.size, grain(1));
    },
    addScaled(out, x, scale) {
      const { ints, floats } = launcher;
      setInts(ints, 0, [launcher.address(out), launcher.address(x)]);
      floats[2] = scale;
      launcher.run("addScaled", out.size, grain(1));
    },
    swiglu(out, gate, up) {
      if (out.size === 0) return;
      const n = out.shape.at(-1) ?? 1;
      const { ints } = launcher;
      setInts(ints, 0, [out, gate, up].map(launcher.address));
      setInts(ints, 3, [n, rowBytes(gate), rowBytes(up)]);
      launcher.run("swiglu", out.size / n, grain(COST * n));
    },
    swigluGrad(dgate, dup, dy, gate, up) {
      if (dy.size === 0) return;
      const n = dy.shape.at(-1) ?? 1;
      const { ints } = launcher;
      setInts(ints, 0, [dgate, dup, dy, gate, up].map(launcher.address));
      setInts(ints, 5, [n, rowBytes(dgate), rowBytes(dup), rowBytes(gate), rowBytes(up)]);
      launcher.run("swigluGrad", dy.size / n, grain(COST * n));
    },
  };
}
