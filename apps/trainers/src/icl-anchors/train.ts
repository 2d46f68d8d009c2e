import {
  accuracyOf,
  answers,
  blockPrompts,
  createTinyModel,
  tinyRecipes,
  trainTinyModel,
} from "@deepgrain/icl-anchors";
import { createRandom, saveModel } from "@deepgrain/lm";
import { limitThreads } from "@deepgrain/studies/shared/one-thread-backend";
import type { CommandContext } from "../cli/context";
import type { Values } from "../cli/flags";
import { assertReplaceable, replaceModel } from "../store/replace-model";
import type { trainFlags } from "./flags";

const TEST_PROMPTS = 500;

/** `anchors train`. */
export async function train(
  { recipe: name, steps, out, overwrite, json, ...given }: Values<typeof trainFlags>,
  { signal, progress, write }: CommandContext,
): Promise<void> {
  const target = { out, overwrite, command: "anchors train", inputs: [] };
  await assertReplaceable(target);
  limitThreads(1); // these products are too small to share, and one thread gives the same model everywhere
  const own = tinyRecipes[name];
  const recipe = { ...own, steps: steps ?? own.steps };
  const { seed = recipe.seed } = given;
  const model = await createTinyModel(recipe, seed);
  const task = progress.task(`training ${name}`);
  let loss = Number.NaN;
  for await (const event of trainTinyModel(model, recipe, { seed, signal })) {
    if (event.type !== "step-end") continue;
    loss = Number.isNaN(loss) ? event.loss : 0.95 * loss + 0.05 * event.loss;
    task.update(event.step / recipe.steps, `loss ${loss.toFixed(3)}`);
  }
  task.end(`${recipe.steps} steps`);
  const { next: random } = createRandom([seed, 1]);
  const test = blockPrompts(recipe.task, { count: TEST_PROMPTS, random });
  const accuracy = accuracyOf(test, await answers(model, test, { signal }));
  await replaceModel(target, (folder) => saveModel(folder, model));
  const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
  const result = { recipe: name, seed, steps: recipe.steps, parameters, loss, accuracy, out };
  write(
    json
      ? `${JSON.stringify(result)}\n`
      : `${out}: ${parameters} parameters, loss ${loss.toFixed(3)}, 1-shot accuracy ${accuracy}\n`,
  );
}
