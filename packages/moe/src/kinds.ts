import { either, instance, none } from "@deepgrain/support/schema";
import type { Generator, Tensor } from "@deepgrain/tensor-gpu";

/** A tensor, of the caller's copy of the engine. */
export const aTensor = instance<Tensor>(["shape", "detach"]);

/** A tensor or, by default, null. */
export const tensorOrNull = either([aTensor, none], null);

/** A random generator. */
export const aGenerator = instance<Generator>(["reserve"]);
