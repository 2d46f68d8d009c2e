import { elementwise } from "../elementwise";
import type { OnLauncher } from "../launcher";

/** Multiplications and additions of an element, roughly. */
const FLOP = 12;

export const swigluKernels = {
  swiglu(launcher, out, gate, up) {
    const body = "value = siluOf(v0) * v1;";
    elementwise(launcher, { key: "swiglu", out, inputs: [gate, up], body, flop: FLOP });
  },

  swigluGrad(launcher, dgate, dup, dy, gate, up) {
    const body = "value = v0 * v2 * siluSlope(v1); other = v0 * siluOf(v1);";
    const outs = { out: dgate, also: dup };
    const inputs = [dy, gate, up];
    elementwise(launcher, { key: "swigluGrad", ...outs, inputs, body, flop: 2 * FLOP });
  },
} satisfies Partial<OnLauncher>;
