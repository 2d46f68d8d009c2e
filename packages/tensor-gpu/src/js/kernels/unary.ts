import { TensorError } from "../../errors";
import type { OnHeap } from "../on-heap";
import { isFlat, unaryDerivatives } from "./unary-derivatives";
import { integerFunctions, unaryFunctions } from "./unary-functions";

export const unary: OnHeap["unary"] = (heap, op, out, x, parameter) => {
  const f = out.dtype === "float32" ? unaryFunctions[op] : integerFunctions[op];
  if (f === undefined)
    throw new TensorError("ERR_DTYPE", `js backend: unary ${op} has no ${out.dtype} form`, {
      fields: { op },
    });
  const [y, from] = [heap.numbers(out), heap.numbers(x)];
  for (let i = 0; i < y.length; i++) y[i] = f(from[i]!, parameter);
};

export const unaryGrad: OnHeap["unaryGrad"] = (heap, op, dx, dy, x, y, parameter) => {
  const derivative = unaryDerivatives[op];
  const [out, upstream] = [heap.floats(dx), heap.floats(dy)];
  if (isFlat(op, parameter)) return void out.fill(0);
  const [xs, ys] = [heap.floats(x), heap.floats(y)];
  for (let i = 0; i < out.length; i++)
    out[i] = upstream[i]! * derivative(xs[i]!, ys[i]!, parameter);
};
