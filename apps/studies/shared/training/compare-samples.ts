import { createRouteRecording, type SampleAgreement, sampleAgreement } from "@deepgrain/esft";
import type { CausalLM, LabelledBatch } from "@deepgrain/lm";
import { scoreBatches } from "./score-batches";

/** What two samples are compared by. */
interface SampleComparison {
  /** Routed experts of a layer. */
  experts: number;
  /** Best experts of a layer that count. */
  k: number;
  /** Tokens of each sample; those that a sample does not have are left out. */
  sizes: readonly number[];
  signal: AbortSignal;
}

/** How many of the k best experts of a layer two samples share by token scores, at every size. */
export async function compareSamples(
  model: CausalLM,
  samples: readonly [LabelledBatch[], LabelledBatch[]],
  { experts, k, sizes, signal }: SampleComparison,
): Promise<SampleAgreement[]> {
  const recordings = samples.map(() => createRouteRecording());
  let shortest = Math.max(...sizes);
  for (const [i, batches] of samples.entries()) {
    const { record } = recordings[i]!;
    const options = { nSampleTokens: shortest, record, signal };
    shortest = Math.min(shortest, (await scoreBatches(model, batches, options)).tokens);
  }
  const possible = sizes.filter((size) => size <= shortest);
  const [first, second] = recordings.map(({ routes }) => routes);
  return sampleAgreement(first!, second!, { experts, k, sizes: possible, score: "token" });
}
