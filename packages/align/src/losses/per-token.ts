import { type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { having, real, shape } from "../errors";

/** Summed log-probabilities of the answers of n pairs. */
export interface PairLogps {
  /** Shape [n]. */
  chosen: Tensor;
  /** Shape [n]. */
  rejected: Tensor;
}

/** Tokens of the answers of n pairs, each at least 1. */
export interface PairLengths {
  chosen: ArrayLike<number>;
  rejected: ArrayLike<number>;
}

/**
 * Mean log-probabilities per token.
 * @throws {AlignError} `ERR_SHAPE` when sizes differ; `ERR_RANGE` for a length below 1; `ERR_ARGUMENT` without lengths
 */
export function perToken(caller: string, logps: PairLogps, lengths: PairLengths): PairLogps {
  having(caller, "lengths", lengths, "chosen", "rejected");
  const mean = (side: keyof PairLogps) => {
    const [scores, own] = [logps[side], lengths[side]];
    shape(caller, `lengths.${side}`, [own.length], [scores.size]);
    for (let i = 0; i < own.length; i++) real(caller, `lengths.${side}[${i}]`, own[i]!, { min: 1 });
    return scores.div(tensor(Float32Array.from(own)));
  };
  return { chosen: mean("chosen"), rejected: mean("rejected") };
}
