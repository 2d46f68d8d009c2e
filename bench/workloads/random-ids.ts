import { type Generator, type Tensor, tensor } from "@deepgrain/tensor-gpu";

/**
 * Whole numbers in [0, limit), kept from scopes. They are drawn on the host, where the tokens of a text are, too: backends that
 * read asynchronously look at them there.
 */
export function randomIds(shape: readonly number[], limit: number, generator: Generator): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const { seed, offset } = generator.reserve(count);
  let state = (seed + offset) >>> 0;
  const draw = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const ids = tensor(Int32Array.from({ length: count }, draw), { shape });
  ids.isKept = true;
  return ids;
}
