import type { Kernels, UnaryOp } from "../../backend/kernels";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { capital } from "./names";
import { setInts } from "./slots";

/** How many simple operations one of these is worth; others count as one. */
const COSTLY: ReadonlySet<UnaryOp> = new Set<UnaryOp>([
  ..."exp expm1 log log1p sin cos tanh sigmoid logSigmoid softplus".split(" "),
  ..."elu gelu geluTanh silu erf powScalar".split(" "),
] as UnaryOp[]);
const COST = 4;

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

export function unaryKernels(launcher: Launcher): Pick<Kernels, "unary" | "unaryGrad"> {
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
  };
}
