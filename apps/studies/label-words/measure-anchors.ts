import {
  type Answer,
  accuracyOf,
  answers,
  attentionAuc,
  type BlockTask,
  blockPrompts,
  compress,
  compressionVariants,
  isolate,
  type Prompt,
  saliencyFlow,
} from "@deepgrain/icl-anchors";
import type { RunEvent } from "@deepgrain/lab";
import { type CausalLM, createRandom } from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";
import type { AnchorMeasures } from "./comparison-result";
import type { ComparisonSettings } from "./recipe";

/** Input of a measurement. */
export interface Measuring {
  task: BlockTask;
  settings: ComparisonSettings;
  seed: number;
  signal: AbortSignal;
}

const LAYERS = [1, 2, 3];

/** Flow, isolation, attention and compression of a trained model. */
export async function* measureAnchors(
  model: CausalLM,
  { task, settings, seed, signal }: Measuring,
): AsyncGenerator<RunEvent, AnchorMeasures, void> {
  const { next: random } = createRandom([seed, 1]);
  const prompts = blockPrompts(task, { count: settings.prompts, random });
  const original = await answers(model, prompts, { signal });
  yield { type: "progress", done: 0.6, message: "flow" };
  const { relative, meanLoss } = await saliencyFlow(model, prompts, { signal });
  yield { type: "progress", done: 0.7, message: "isolation" };
  const isolation: AnchorMeasures["isolation"] = [];
  for (const target of ["labels", "random"] as const)
    for (const where of ["first", "last"] as const)
      for (const layers of LAYERS) {
        const options = { target, where, layers, seed, original, signal };
        const { labelLoyalty, wordLoyalty } = await isolate(model, prompts, options);
        isolation.push({ target, where, layers, labelLoyalty, wordLoyalty });
        await takeTurn();
      }
  yield { type: "progress", done: 0.85, message: "attention" };
  const { auc, share } = await attentionAuc(model, prompts, { signal });
  yield { type: "progress", done: 0.9, message: "compression" };
  return {
    accuracy: accuracyOf(prompts, original)!,
    meanLoss: meanLoss!,
    relative,
    isolation,
    auc,
    share,
    compression: await compressions(model, prompts.slice(0, settings.compressed), {
      original,
      seed,
      signal,
    }),
  };
}

async function compressions(
  model: CausalLM,
  prompts: readonly Prompt[],
  { original, seed, signal }: { original: readonly Answer[]; seed: number; signal: AbortSignal },
): Promise<AnchorMeasures["compression"]> {
  const rows: AnchorMeasures["compression"] = [];
  // Demonstrations differ from prompt to prompt, so a best draw for all of them does not exist.
  const variants = compressionVariants.filter((variant) => variant !== "hidden-random-top");
  for (const variant of variants)
    for (const queryPositions of ["continue", "restart"] as const) {
      if (queryPositions === "restart" && variant !== "hidden-anchor") continue;
      const known = original.slice(0, prompts.length);
      const options = { variant, queryPositions, seed, original: known, signal };
      const { labelLoyalty, wordLoyalty } = await compress(model, prompts, options);
      rows.push({ variant, queryPositions, labelLoyalty, wordLoyalty });
      await takeTurn();
    }
  return rows;
}
