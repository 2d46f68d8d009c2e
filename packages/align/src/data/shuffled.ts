import { createRandom, permutation } from "@deepgrain/lm";

/** Numbers 0 … count − 1 by place, epoch after epoch without end, in an order that follows from (seed, epoch). */
export function shuffled(count: number, seed: number): (place: number) => number {
  let known: { epoch: number; order: Uint32Array } | undefined;
  return (place) => {
    const epoch = Math.floor(place / count);
    if (known?.epoch !== epoch)
      known = { epoch, order: permutation(count, createRandom([seed, epoch]).next) };
    return known.order[place % count]!;
  };
}
