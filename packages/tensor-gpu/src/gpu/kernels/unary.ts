import { unary as unaryOnHost } from "../../js/kernels/unary";
import { hostSide } from "../host-kernels";
import type { OnHeap } from "../on-heap";
import { elementwise } from "../strided";
import { UNARY_BODIES, UNARY_SLOPES } from "./unary-bodies";

const numbersOf = (body: string, parameter: number): Record<string, number> =>
  body.includes("parameter") ? { parameter } : {};

export const unary: OnHeap["unary"] = (heap, op, out, x, parameter) => {
  if (out.dtype !== "float32")
    return void unaryOnHost(hostSide(heap, [out]), op, out, x, parameter);
  const body = UNARY_BODIES[op];
  elementwise(heap, op, out, [x], numbersOf(body, parameter), body);
};

export const unaryGrad: OnHeap["unaryGrad"] = (heap, op, dx, dy, x, y, parameter) => {
  const body = UNARY_SLOPES[op];
  elementwise(heap, `${op}Grad`, dx, [dy, x, y], numbersOf(body, parameter), body);
};
