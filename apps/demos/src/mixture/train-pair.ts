import { type CausalLM, packSequences, train } from "@deepgrain/lm";
import { LENGTH } from "./pair";
import { type Both, kinds } from "./pair-names";
import type { SplitText } from "./text";

/** Steps of a training, if the page's address says nothing else. */
export const STEPS = 500;

const BATCH = 8;
const PEAK_RATE = 1e-2;
const WARMUP = 15;
/** Held-out batches that are measured. */
const MEASURED = 6;
/** Held-out losses of a training. */
const MEASUREMENTS = 10;

/** Events while both models are trained. */
export type PairEvent =
  | { type: "step-end"; step: number; steps: number }
  | { type: "eval-end"; step: number; losses: Both<number> };

/** Batches that no model is trained on. */
export function heldOutBatches({ heldOut }: SplitText, count = MEASURED) {
  const { blockCount, batch } = packSequences(heldOut, {
    blockLength: LENGTH,
    batchSize: BATCH,
    shuffle: false,
  });
  return Array.from(
    { length: Math.min(count, Math.max(1, Math.floor(blockCount / BATCH))) },
    (_, i) => batch(i),
  );
}

const rateOf = (steps: number) => (step: number) =>
  PEAK_RATE * Math.min(1, (step + 1) / WARMUP) * (1 - (0.9 * step) / steps);

/**
 * Trains both models in turns, on the same batches.
 * @yields after each step of both, and the losses on held-out text ten times
 */
export async function* trainPair(
  pair: Both<CausalLM>,
  text: SplitText,
  { seed, steps }: { seed: number; steps: number },
  signal: AbortSignal,
): AsyncGenerator<PairEvent, void> {
  const evaluation = {
    batches: heldOutBatches(text),
    everySteps: Math.max(1, Math.floor(steps / MEASUREMENTS)),
  };
  const open = (model: CausalLM) =>
    train(model, packSequences(text.training, { blockLength: LENGTH, batchSize: BATCH, seed }), {
      steps,
      lr: rateOf(steps),
      evaluation,
      signal,
    });
  const runs = kinds.map((kind) => open(pair[kind]));
  try {
    for (;;) {
      const [coarse, fine] = await nextOfEach(runs);
      if (!coarse || !fine) return;
      if (coarse.type === "step-end") yield { type: "step-end", step: coarse.step, steps };
      if (coarse.type === "eval-end" && fine.type === "eval-end")
        yield {
          type: "eval-end",
          step: coarse.step,
          losses: { coarse: coarse.loss, fine: fine.loss },
        };
    }
  } finally {
    for (const run of runs) await run.return(undefined);
  }
}

async function nextOfEach<T>(runs: readonly AsyncGenerator<T, void>[]) {
  const values: (T | undefined)[] = [];
  for (const run of runs) values.push((await run.next()).value ?? undefined);
  return values;
}
