import type { CausalLM, LabelledBatch } from "@deepgrain/lm";
import { listOf, optionsOf, refuseUnknown } from "../errors";
import { scoreBatches } from "../scoring/score-batches";
import { createRouteRecording, type SampleAgreement, sampleAgreement } from "./sample-agreement";

/**
 * The number of the k best experts of a layer that two samples share by token scores, at every size: reads both with a
 * model and compares them by {@link sampleAgreement}.
 *
 * @param options.experts routed experts of a layer
 * @param options.k best experts of a layer that count
 * @param options.sizes tokens of each sample; those that a sample does not have are left out
 * @throws {EsftError} as `scoreExperts` and `sampleAgreement`; the signal's reason on abort
 */
export async function compareSamples(
  model: CausalLM,
  samples: readonly [readonly LabelledBatch[], readonly LabelledBatch[]],
  options: {
    experts: number;
    k: number;
    sizes: readonly number[];
    signal?: AbortSignal | undefined;
  },
): Promise<SampleAgreement[]> {
  const { experts, k, sizes, signal, ...rest } = optionsOf("compareSamples", options);
  refuseUnknown("compareSamples", rest);
  listOf("compareSamples", "samples", samples);
  listOf("compareSamples", "sizes", sizes);
  const recordings = samples.map(() => createRouteRecording());
  let shortest = Math.max(...sizes);
  for (const [i, batches] of samples.entries()) {
    const { record } = recordings[i]!;
    const { tokens } = await scoreBatches(model, batches, {
      nSampleTokens: shortest,
      record,
      signal,
    });
    shortest = Math.min(shortest, tokens);
  }
  const possible = sizes.filter((size) => size <= shortest);
  const [first, second] = recordings.map(({ routes }) => routes);
  return sampleAgreement(first!, second!, { experts, k, sizes: possible, score: "token" });
}
