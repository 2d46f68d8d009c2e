import type { OnHeap } from "../on-heap";
import { elementOffsets } from "../strides";
import { unaryDerivatives } from "./unary-derivatives";
import { unaryFunctions } from "./unary-functions";

const silu = (x: number) => unaryFunctions.silu(x, 0);
const siluDerivative = (x: number) => unaryDerivatives.silu(x, 0, 0);

/** @see Shazeer 2020, "GLU variants improve transformer", equation 5 */
export const swiglu: OnHeap["swiglu"] = (heap, out, gate, up) => {
  const y = heap.floats(out);
  const [gates, ups] = [heap.packed(gate), heap.packed(up)];
  for (let i = 0; i < y.length; i++) y[i] = silu(gates[i]!) * ups[i]!;
};

export const swigluGrad: OnHeap["swigluGrad"] = (heap, dgate, dup, dy, gate, up) => {
  const upstream = heap.floats(dy);
  const [gates, ups] = [heap.packed(gate), heap.packed(up)];
  const [gateOut, gatePlaces] = [heap.block(dgate), elementOffsets(dgate)];
  const [upOut, upPlaces] = [heap.block(dup), elementOffsets(dup)];
  for (let i = 0; i < upstream.length; i++) {
    const [g, u] = [gates[i]!, ups[i]!]; // read first: the gradients may lie over gate and up
    gateOut[gatePlaces[i]!] = upstream[i]! * u * siluDerivative(g);
    upOut[upPlaces[i]!] = upstream[i]! * silu(g);
  }
};
