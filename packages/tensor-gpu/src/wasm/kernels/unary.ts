import type { Kernels, UnaryOp } from "../../backend/kernels";
import type { KernelParameters } from "../generated/kernels";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { capital } from "./names";

/** Cost of one of these operations, in simple operations; all others cost one. */
const COSTLY: ReadonlySet<UnaryOp> = new Set<UnaryOp>([
  ..."exp expm1 log log1p sin cos tanh sigmoid logSigmoid softplus".split(" "),
  ..."elu gelu geluTanh silu erf powScalar".split(" "),
] as UnaryOp[]);
const COST = 4;

type IntKernel = keyof KernelParameters & `unary${string}Int`;
type GradKernel = keyof KernelParameters & `grad${string}`;

const workOf = (op: UnaryOp) => (COSTLY.has(op) ? COST : 1);

/** Powers that equal simpler functions. */
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

export function unaryKernels(launcher: Launcher): Pick<Kernels, "unary" | "unaryGrad"> {
  return {
    unary(op, out, x, parameter) {
      const name = `unary${capital(simplified(op, parameter))}` as const;
      // The operators accept integers only where such a kernel exists.
      const kernel = out.dtype === "float32" ? name : (`${name}Int` as IntKernel);
      launcher.run(kernel, [out, x, parameter], out.size, grain(workOf(op)));
    },
    unaryGrad(op, dx, dy, x, y, parameter) {
      if (isFlatOp(op, parameter)) return launcher.run("fill", [dx, 0], dx.size, grain(1));
      const kernel = `grad${capital(simplified(op, parameter))}` as GradKernel; // All but the flat ones.
      launcher.run(kernel, [dx, dy, x, y, parameter], dx.size, grain(workOf(op)));
    },
  };
}
