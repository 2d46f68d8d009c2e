import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { requireWith } from "@deepgrain/command-line/flags/given-together";
import { assertReplaceable, replaceModel } from "@deepgrain/command-line/runs/replace-model";
import { followLoss } from "@deepgrain/command-line/trainings/follow-loss";
import {
  accuracyOf,
  answers,
  blockPrompts,
  createTinyModel,
  type TinyRecipe,
  tinyRecipes,
  trainTinyModel,
} from "@deepgrain/icl-anchors";
import { createRandom, saveModel } from "@deepgrain/lm";
import { limitBlas } from "@deepgrain/studies/shared/one-thread-backend";
import type { trainFlags } from "./flags";
import { trainOwn } from "./train-own";

const TEST_PROMPTS = 500;

/** Trains on made-up blocks, as the shipped models were. */
async function trainBlocks(recipe: TinyRecipe, seed: number, context: CommandContext) {
  const { signal } = context;
  const { steps } = recipe;
  const model = await createTinyModel(recipe, seed);
  const events = trainTinyModel(model, recipe, { seed, signal });
  const { loss } = await followLoss(events, { title: "training", steps }, context);
  const { next: random } = createRandom([seed, 1]);
  const test = blockPrompts(recipe.task, { count: TEST_PROMPTS, random });
  const accuracy = accuracyOf(test, await answers(model, test, { signal }))!;
  return { model, loss, accuracy, save: (folder: string) => saveModel(folder, model) };
}

/** `anchors train`. */
export const train: RunCommand<typeof trainFlags> = async (
  { recipe: name, out, overwrite, json, data, task, ...given },
  context,
) => {
  const inputs = data === undefined ? [] : [data];
  const target = { out, overwrite, command: "anchors train", inputs };
  requireWith({ task }, { data });
  await assertReplaceable(target);
  limitBlas(); // the same model everywhere
  const own: TinyRecipe = tinyRecipes[name];
  const { seed = own.seed, steps = own.steps, vocabSize } = given;
  const recipe = { ...own, steps };
  const trained =
    data === undefined
      ? await trainBlocks(recipe, seed, context)
      : await trainOwn({ data, task, vocabSize, seed }, recipe, context);
  const { model, loss, accuracy, save } = trained;
  await replaceModel(target, save);
  const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
  const result = { recipe: name, seed, steps, parameters, loss, accuracy, out };
  context.write(
    json
      ? `${JSON.stringify(result)}\n`
      : `${out}: ${parameters} parameters, loss ${loss.toFixed(3)}, 1-shot accuracy ${accuracy}\n`,
  );
};
