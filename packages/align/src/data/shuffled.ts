import { createRandom, permutation } from "@deepgrain/lm";

/** Numbers 0 … count − 1 by position, for any number of epochs, in an order that is determined by (seed, epoch). */
export function shuffled(count: number, seed: number): (place: number) => number {
  let known: { epoch: number; order: Uint32Array } | undefined;
  return (place) => {
    const epoch = Math.floor(place / count);
    if (known?.epoch !== epoch)
      known = { epoch, order: permutation(count, createRandom([seed, epoch]).next) };
    return known.order[place % count]!;
  };
}
