import type { Random } from "./stream";

/** Uniform numbers from the platform's secure generator, 53 bits each. */
export const secureRandom: Random = () => {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number];
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
};
