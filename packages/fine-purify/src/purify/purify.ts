import type { NamedTensors } from "@deepgrain/tensor-gpu";
import { optionsOf } from "../errors";
import { pairsInMemory } from "../weights/weight-pairs";
import { gateFor } from "./gate";
import { mixInto } from "./mix";
import { includedBy, mayMiss, type PurifyOptions, purifyNames, purifySettings } from "./options";
import { type PurifyReport, purifyReport } from "./report";
import { survey } from "./survey";

/** Purified weights, and a report of the changes. */
export interface Purified {
  /** Every weight of the fine-tuned model. */
  readonly weights: NamedTensors;
  readonly report: PurifyReport;
}

/**
 * w^Pur = w^Init + g·δ: weights whose drift is abnormal for their curvature are reset to their pre-trained value.
 *
 * Every defence of the family is a choice of g: `{ indicator: "random" }` is Fine-mixing, `"delta2"` Fine-mixing with
 * selection, `"r"` Fine-purifying; ρ = 1 returns w^FT and ρ = 0 w^Init, bit for bit. Hard masks keep exactly round(ρ·n)
 * weights; ties are kept in the order of the weights.
 *
 * @param init clean pre-trained weights
 * @param finetuned weights that may hide a backdoor or a bias; those not included are returned unchanged
 * @param given.fisher diagonal Fisher values of the clean data, by name; needed by "r" and "fisher"
 * @throws {PurifyError} `ERR_MISMATCH` for weights other than heads that one side lacks, or an implausible drift; `ERR_SHAPE`;
 *   `ERR_NOT_FINITE`; `ERR_RANGE`; `ERR_ARGUMENT`; `ERR_NO_SEPARATION` in soft mode
 * @see Zhang et al. 2023 (arXiv 2305.04547), abstract: drift against Hessian per dimension, reset, then fine-tuning. The
 *   formulas are reconstructions
 */
export async function purify(
  init: NamedTensors,
  finetuned: NamedTensors,
  given: PurifyOptions & {
    fisher?: NamedTensors | undefined;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<Purified> {
  const { fisher, signal, ...options } = optionsOf("purify", given);
  const settings = purifySettings("purify", options, {
    hasFisher: fisher !== undefined,
    names: [...purifyNames, "fisher", "signal"],
  });
  const pairs = pairsInMemory(init, finetuned, fisher, includedBy(settings), mayMiss);
  const found = await survey(pairs, { largestDrift: settings.largestDrift, signal });
  const gate = await gateFor(pairs, settings, signal);
  const weights: NamedTensors = new Map(finetuned);
  const reset = new Map<string, number>();
  for (const tensor of pairs.tensors)
    for await (const chunk of pairs.chunks(tensor)) {
      const data = new Float32Array(tensor.size);
      reset.set(tensor.name, mixInto(data, chunk, gate.of(tensor, chunk)));
      weights.set(tensor.name, { shape: tensor.shape, data });
    }
  return { weights, report: purifyReport(settings, found, gate, pairs.tensors, reset) };
}
