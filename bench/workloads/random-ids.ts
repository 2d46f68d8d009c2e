import { type Generator, rand, type Tensor } from "@deepgrain/tensor-gpu";

/** Whole numbers in [0, limit), kept from scopes. */
export function randomIds(shape: readonly number[], limit: number, generator: Generator): Tensor {
  const ids = rand(shape, { high: limit, generator }).to({ dtype: "int32" });
  ids.isKept = true;
  return ids;
}
