/** @file A run that is stopped, saved and resumed, in any folder. */
import { saveModel, train } from "@deepgrain/lm";
import type { Folder } from "@deepgrain/support/files";
import { countingData, tinyMixture } from "./tiny-mixture";

const STEPS = 12;

/** The remains of a run. */
export interface Trained {
  /** Steps that are done. */
  steps: number;
  losses: number[];
  /** Bits of all weights. */
  weights: number[];
}

/**
 * Trains for twelve steps, or until `stopAt`, with checkpoints in a folder.
 * @param model where to save the model at the end
 */
export async function trainIn(
  folder: Folder | undefined,
  { stopAt, isResumed = false, model: place }: TrainInOptions = {},
): Promise<Trained> {
  const model = tinyMixture();
  const stop = new AbortController();
  const trained: Trained = { steps: 0, losses: [], weights: [] };
  const run = train(model, countingData, {
    steps: STEPS,
    lr: 1e-2,
    checkpoint: folder === undefined ? undefined : { folder, everySteps: 4 },
    resume: isResumed,
    signal: stop.signal,
  });
  try {
    for await (const event of run) {
      if (event.type !== "step-end") continue;
      trained.steps = event.step;
      trained.losses.push(event.loss);
      if (event.step === stopAt) stop.abort();
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  if (place) await saveModel(place, model);
  for (const parameter of model.parameters()) {
    const data = await parameter.data();
    trained.weights.push(...new Uint32Array(data.buffer, data.byteOffset, data.length));
  }
  model.dispose();
  return trained;
}

interface TrainInOptions {
  stopAt?: number | undefined;
  isResumed?: boolean | undefined;
  model?: Folder | undefined;
}
