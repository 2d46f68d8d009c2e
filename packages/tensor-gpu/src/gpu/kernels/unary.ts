import type { UnaryOp } from "../../backend/kernels";
import type { View } from "../../backend/view";
import { unary as unaryOnHost } from "../../js/kernels/unary";
import type { Heap } from "../cell-heap";
import { hostSide } from "../host-kernels";
import { elementwise } from "../strided";
import { UNARY_BODIES, UNARY_SLOPES } from "./unary-bodies";

const numbersOf = (body: string, parameter: number): Record<string, number> =>
  body.includes("parameter") ? { parameter } : {};

export function unary(heap: Heap, op: UnaryOp, out: View, x: View, parameter: number): void {
  if (out.dtype !== "float32")
    return void unaryOnHost(hostSide(heap, [out]), op, out, x, parameter);
  const body = UNARY_BODIES[op];
  elementwise(heap, op, out, [x], numbersOf(body, parameter), body);
}

export function unaryGrad(
  heap: Heap,
  op: UnaryOp,
  dx: View,
  dy: View,
  x: View,
  y: View,
  parameter: number,
): void {
  const body = UNARY_SLOPES[op];
  elementwise(heap, `${op}Grad`, dx, [dy, x, y], numbersOf(body, parameter), body);
}
