import { createTinyModel, trainTinyModel } from "@deepgrain/icl-anchors";
import type { RunEvent } from "@deepgrain/lab";
import { takeTurn } from "@deepgrain/support";
import type { ComparisonResult } from "./comparison-result";
import { measureAnchors } from "./measure-anchors";
import { measureLookAlike } from "./measure-look-alike";
import { type ComparisonSettings, recipeOf } from "./recipe";
import type { Variant } from "./variants";

const STEPS_PER_EVENT = 20;

/** Trains a model of the study at a seed and measures it. */
export async function* trainAndMeasure(
  { id }: Variant,
  seed: number,
  { settings, signal }: { settings: ComparisonSettings; signal: AbortSignal },
): AsyncGenerator<RunEvent, ComparisonResult, void> {
  const recipe = recipeOf(id, settings);
  const model = await createTinyModel(recipe, seed);
  try {
    let loss = Number.NaN;
    for await (const event of trainTinyModel(model, recipe, { seed, signal })) {
      if (event.type !== "step-end") continue;
      loss = Number.isNaN(loss) ? event.loss : 0.95 * loss + 0.05 * event.loss;
      if (event.step % STEPS_PER_EVENT !== 0) continue;
      const done = (0.6 * event.step) / recipe.steps;
      yield { type: "progress", done, message: `loss ${loss.toFixed(3)}` };
      await takeTurn();
    }
    model.eval();
    const measuring = { task: recipe.task, settings, seed, signal };
    if (id === "look-alike")
      return { loss, anchors: null, lookAlike: yield* measureLookAlike(model, measuring) };
    return { loss, anchors: yield* measureAnchors(model, measuring), lookAlike: null };
  } finally {
    model.dispose();
  }
}
