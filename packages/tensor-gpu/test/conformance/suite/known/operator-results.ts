import * as dg from "../../../../src";
import type { Backend } from "../../../../src/backend/backend";
import { seededRandom, uniforms } from "../numbers";

/** Numbers in row-major order with their shape. */
export interface Numbers {
  shape: readonly number[];
  values: readonly number[];
}

/** Numbers from −2 to 2 that depend on the name alone. */
export const drawn = (name: string, shape: readonly number[]): Numbers => ({
  shape,
  values: uniforms(
    seededRandom(name),
    shape.reduce((a, b) => a * b, 1),
  ),
});

/** Runs `fn` with new tensors on the backend. */
export async function onBackend<T>(backend: Backend, fn: () => Promise<T>): Promise<T> {
  const before = dg.getBackend();
  dg.setBackend(backend);
  try {
    using _ = dg.scope();
    return await fn();
  } finally {
    dg.setBackend(before);
  }
}

/** The result of an operator, and the gradients of Σ dy·result for its operands, as numbers. */
export function resultsOf(
  backend: Backend,
  fn: (...operands: dg.Tensor[]) => dg.Tensor,
  operands: readonly Numbers[],
  dyOf: (shape: readonly number[]) => Numbers,
): Promise<{ shape: readonly number[]; out: number[]; gradients: number[][] }> {
  return onBackend(backend, async () => {
    const leaves = operands.map(({ values, shape }) =>
      dg
        .tensor([...values])
        .reshape(shape)
        .clone()
        .detach()
        .requireGrad(),
    );
    const out = fn(...leaves);
    const dy = dyOf(out.shape);
    out.backward({ gradient: dg.tensor([...dy.values]).reshape(dy.shape) });
    const numbers = async (x: dg.Tensor) => Array.from(await x.data());
    return {
      shape: out.shape,
      out: await numbers(out),
      gradients: await Promise.all(leaves.map(({ grad }) => numbers(grad!))),
    };
  });
}
