import {
  accuracyOf,
  answers,
  blockPrompts,
  createTinyModel,
  type TinyName,
  tinyRecipes,
  trainTinyModel,
} from "@deepgrain/icl-anchors";
import { createRandom, saveModel } from "@deepgrain/lm";
import { limitThreads } from "@deepgrain/studies/shared/one-thread-backend";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { modelOutFlags } from "../run/training-flags";
import { assertReplaceable, replaceModel } from "../store/replace-model";

const names = Object.keys(tinyRecipes) as TinyName[];
const TEST_PROMPTS = 500;

export const train = defineCommand({
  description:
    "Trains a tiny model that learns in context; the default steps and seeds reproduce the shipped models.",
  examples: [
    "anchors train --out tiny-anchors",
    "anchors train --recipe small --seed 3 --out small   # under a minute",
  ],
  isTraining: true,
  flags: {
    recipe: flags.choice(names, {
      default: "anchors",
      help: "anchors; control: as accurate, without anchors; look-alike: unsure; small: a minute",
    }),
    steps: flags.whole({ min: 1, help: "Steps, instead of the recipe's" }),
    seed: flags.whole({
      help: "Same seed, same model; that of the shipped model by default",
    }),
    ...modelOutFlags,
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run(
    { recipe: name, steps, out, overwrite, json, ...given },
    { signal, progress, write, dryRun },
  ) {
    const target = { out, overwrite, command: "anchors train", inputs: [] };
    await assertReplaceable(target);
    limitThreads(1); // these products are too small to share, and one thread gives the same model everywhere
    const own = tinyRecipes[name];
    const recipe = { ...own, steps: steps ?? own.steps };
    const { seed = recipe.seed } = given;
    const model = await createTinyModel(recipe, seed);
    const task = progress.task(`training ${name}`);
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
    const accuracy = accuracyOf(test, await answers(model, test, { signal }));
    await replaceModel(target, (folder) => saveModel(folder, model));
    const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
    const result = { recipe: name, seed, steps: recipe.steps, parameters, loss, accuracy, out };
    write(
      json
        ? `${JSON.stringify(result)}\n`
        : `${out}: ${parameters} parameters, loss ${loss.toFixed(3)}, 1-shot accuracy ${accuracy}\n`,
    );
  },
});
