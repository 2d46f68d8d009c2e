import { elementwise } from "../elementwise";
import { engine } from "../engine";
import type { OnLauncher } from "../launcher";
import { INTEGER_BODIES, UNARY_BODIES, UNARY_SLOPES } from "./unary-bodies";

/** Multiplications and additions of a function, roughly: what its polynomial takes. */
const FLOP = 8;

const floatsOf = (body: string, parameter: number): Record<string, number> =>
  body.includes("a.parameter") ? { parameter } : {};

export const unary: OnLauncher["unary"] = (launcher, op, out, x, parameter) => {
  const isFloat = out.dtype === "float32";
  const body = isFloat ? UNARY_BODIES[op] : INTEGER_BODIES[op];
  if (body === undefined)
    throw new (engine().TensorError)(
      "ERR_DTYPE",
      `tensor-gpu/webgpu: unary ${op} has no ${out.dtype} form`,
      {
        fields: { op },
      },
    );
  const as = isFloat ? "f32" : "i32";
  const floats = floatsOf(body, parameter);
  elementwise(launcher, { key: `${op}:${as}`, out, inputs: [x], floats, as, body, flop: FLOP });
};

export const unaryGrad: OnLauncher["unaryGrad"] = (launcher, op, dx, dy, x, y, parameter) => {
  const body = UNARY_SLOPES[op];
  const floats = floatsOf(body, parameter);
  const key = `${op}Grad`;
  elementwise(launcher, { key, out: dx, inputs: [dy, x, y], floats, body, flop: FLOP });
};
