import type { DType, View } from "../../backend/view";
import { converterTo } from "../../js/convert";
import { type As, elementwise } from "../elementwise";
import type { OnLauncher } from "../launcher";

/** The bits of a number as an element of `dtype`. */
function bitsOf(value: number, dtype: DType): number {
  const number = converterTo(dtype)(value);
  if (dtype !== "float32") return number;
  return new Uint32Array(Float32Array.of(number).buffer)[0]!;
}

interface Conversion {
  readonly key: string;
  readonly as: As;
  readonly from: As;
  readonly body: string;
}

const BITS = { as: "u32", from: "u32" } as const;

/** How elements of one type become elements of another. */
function conversion(from: View, to: View): Conversion {
  const [isFloat, becomesFloat] = [from.dtype === "float32", to.dtype === "float32"];
  if (to.dtype === "bool" && from.dtype !== "bool")
    // Not zero, whatever the sign; a NaN is not zero either.
    return isFloat
      ? { key: "notZero", ...BITS, body: "value = select(0u, 1u, (v0 << 1u) != 0u);" }
      : { key: "notZeroWhole", ...BITS, body: "value = select(0u, 1u, v0 != 0u);" };
  if (isFloat === becomesFloat) return { key: "copy", ...BITS, body: "value = v0;" };
  return isFloat
    ? { key: "truncate", as: "i32", from: "f32", body: "value = truncated(v0);" }
    : { key: "widen", as: "f32", from: "i32", body: "value = f32(v0);" };
}

export const memoryKernels = {
  fill(launcher, out, value) {
    const numbers = { filling: bitsOf(value, out.dtype) };
    const body = "value = a.filling;";
    elementwise(launcher, { key: "fill", out, inputs: [], numbers, as: "u32", body, flop: 0 });
  },

  copy(launcher, out, x) {
    const { from, ...kernel } = conversion(x, out);
    elementwise(launcher, { ...kernel, out, inputs: [x], from: [from], flop: 0 });
  },
} satisfies Partial<OnLauncher>;
