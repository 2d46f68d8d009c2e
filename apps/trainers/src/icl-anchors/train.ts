import {
  accuracyOf,
  answers,
  blockPrompts,
  createTinyModel,
  type TinyName,
  type TinyRecipe,
  tinyRecipes,
  trainTinyModel,
} from "@deepgrain/icl-anchors";
import { createRandom, saveModel } from "@deepgrain/lm";
import { limitThreads } from "@deepgrain/studies/shared/one-thread-backend";
import type { CommandContext } from "../cli/context";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { modelOutFlags } from "../run/training-flags";
import { assertReplaceable, replaceModel } from "../store/replace-model";
import { TEMPLATE_FILE, trainOwn } from "./train-own";

const names = Object.keys(tinyRecipes) as TinyName[];
const TEST_PROMPTS = 500;

/** Trains on made-up blocks, as the shipped models were. */
async function trainBlocks(
  recipe: TinyRecipe,
  seed: number,
  { signal, progress, dryRun }: CommandContext,
) {
  const model = await createTinyModel(recipe, seed);
  const task = progress.task("training");
  let loss = Number.NaN;
  dryRun?.begin(recipe.steps);
  for await (const event of trainTinyModel(model, recipe, { seed, signal })) {
    if (event.type !== "step-end") continue;
    dryRun?.step();
    loss = Number.isNaN(loss) ? event.loss : 0.95 * loss + 0.05 * event.loss;
    task.update(event.step / recipe.steps, `loss ${loss.toFixed(3)}`);
  }
  task.end(`${recipe.steps} steps`);
  const { next: random } = createRandom([seed, 1]);
  const test = blockPrompts(recipe.task, { count: TEST_PROMPTS, random });
  const accuracy = accuracyOf(test, await answers(model, test, { signal }))!;
  return { model, loss, accuracy, save: (folder: string) => saveModel(folder, model) };
}

export const train = defineCommand({
  description:
    "Trains a tiny model that learns in context: on made-up blocks, where the default steps and seeds reproduce the shipped models, or on own texts with own labels.",
  examples: [
    "anchors train --out tiny-anchors",
    "anchors train --recipe small --seed 3 --out small   # under a minute",
    `anchors train --data texts.jsonl --out own   # then: anchors flow --model own --task own/${TEMPLATE_FILE} --data texts.jsonl --page flow`,
  ],
  isTraining: true,
  flags: {
    recipe: flags.choice(names, {
      default: "anchors",
      help: "anchors; control: as accurate, without anchors; look-alike: unsure; small: a minute",
    }),
    data: flags.file({
      help: `Own labelled texts instead of made-up blocks: JSONL with text and label, TSV or CSV; a tokenizer and ${TEMPLATE_FILE} are written, too`,
    }),
    task: flags.text({
      hint: "name|file",
      help: "With --data, its template as for `anchors flow`; by default the labels are the label words",
    }),
    vocabSize: flags.whole({
      min: 257,
      default: 1000,
      help: "With --data, vocabulary size of the new tokenizer",
    }),
    steps: flags.whole({ min: 1, help: "Steps, instead of the recipe's" }),
    seed: flags.whole({
      help: "Same seed, same model; that of the shipped model by default",
    }),
    ...modelOutFlags,
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run({ recipe: name, out, overwrite, json, data, task, ...given }, context) {
    const inputs = data === undefined ? [] : [data];
    const target = { out, overwrite, command: "anchors train", inputs };
    if (task !== undefined && data === undefined) throw new UsageError("--task needs --data");
    await assertReplaceable(target);
    limitThreads(1); // these products are too small to share, and one thread gives the same model everywhere
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
  },
});
