import { elementwise } from "../elementwise";
import { engine } from "../engine";
import type { OnLauncher } from "../launcher";
import { INTEGER_BODIES, UNARY_BODIES, UNARY_SLOPES } from "./unary-bodies";

/** Multiplications and additions of a function, roughly: what its polynomial takes. */
const FLOP = 8;

const floatsOf = (body: string, parameter: number): Record<string, number> =>
  body.includes("a.parameter") ? { parameter } : {};

export const unaryKernels = {
  unary(launcher, op, out, x, parameter) {
    const isFloat = out.dtype === "float32";
    const body = isFloat ? UNARY_BODIES[op] : INTEGER_BODIES[op];
    if (body === undefined) {
      const message = `tensor-gpu/webgpu: unary ${op} has no ${out.dtype} form`;
      throw new (engine().TensorError)("ERR_DTYPE", message, { fields: { op } });
    }
    const as = isFloat ? "f32" : "i32";
    const floats = floatsOf(body, parameter);
    elementwise(launcher, { key: `${op}:${as}`, out, inputs: [x], floats, as, body, flop: FLOP });
  },

  unaryGrad(launcher, op, dx, dy, x, y, parameter) {
    const body = UNARY_SLOPES[op];
    const inputs = [dy, x, y];
    const floats = floatsOf(body, parameter);
    elementwise(launcher, { key: `${op}Grad`, out: dx, inputs, floats, body, flop: FLOP });
  },
} satisfies Partial<OnLauncher>;
