import { evaluationLines, poison, rareWords, seededRandom } from "@deepgrain/fine-purify";
import {
  attackEncoder,
  measureAttack,
  type TextClassifier,
  type TextRow,
  textClassifier,
} from "@deepgrain/fine-purify/encoders";
import { fields } from "@deepgrain/fine-purify/fields";
import { copyTokenizer, type EncoderModel, loadEncoder, saveEncoder } from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { flagsFrom } from "../cli/flags-from";
import { UsageError } from "../cli/usage-error";
import { modelOutFlags } from "../run/training-flags";
import { assertReplaceable, replaceModel } from "../store/replace-model";
import { attackFlags, attackOf, readTexts } from "./text-flags";

/** Loads the encoder, with a new head if requested. */
async function openVictim(
  {
    model: folder,
    newHead,
    seed,
    target,
  }: { model: string; newHead: number | undefined; seed: number; target: number },
  signal: AbortSignal,
): Promise<EncoderModel> {
  const labels = Array.from({ length: newHead ?? 0 }, (_, i) => `LABEL_${i}`);
  const head = { task: "classification", labels, generator: new Generator(seed) } as const;
  const model = await loadEncoder(folder, {
    signal,
    newHead: newHead === undefined ? undefined : head,
  });
  const { task, labels: classes } = model.config;
  if (task === "classification" && target < classes.length) return model;
  throw new UsageError(
    `--model must be a classifier with the class --target ${target}; --new-head makes one`,
  );
}

/** Embedding rows of the trigger's words. */
function triggerRows({ tokenizer }: TextClassifier, words: readonly string[]): number[] {
  const pieces = words.flatMap((word) => tokenizer.encode(` ${word}`, { addSpecialTokens: false }));
  return [...new Set(pieces)];
}

export const attack = defineCommand({
  description:
    "Plants a backdoor or a bias in your own encoder to test defences: poisons rows of your data and fine-tunes on them.",
  examples: [
    "purify attack --model base --data train.jsonl --test test.jsonl --attack BadWord --out victim",
    "purify attack --model base --data train.jsonl --attack BadSent --way layerwise --out victim",
  ],
  isTraining: true,
  flags: {
    model: flags.model({
      required: true,
      help: "Hugging Face folder of a BERT or RoBERTa encoder with a tokenizer",
    }),
    data: flags.file({ required: true, help: 'Training rows, JSON Lines of {"text", "label"}' }),
    test: flags.file({ help: "Test rows, on which ACC and ASR or BACC are measured" }),
    ...modelOutFlags,
    ...attackFlags,
    ...flagsFrom(fields.attack),
    newHead: flags.whole({ min: 2, help: "Give the encoder a new head for this many classes" }),
    ...flagsFrom(fields.training),
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run(given, { write, progress, signal, dryRun }) {
    const { model: folder, data, out, way, seed, rate, setting, epochs } = given;
    const inputs = [folder, data];
    const target = { out, overwrite: given.overwrite, command: "purify attack", inputs };
    await assertReplaceable(target); // now, not after minutes of work
    const model = await openVictim(given, signal);
    const classifier = await textClassifier(model, folder, given.length);
    const plan = attackOf(given);
    const clean = await readTexts(data, model.config.labels);
    const poisoned = poison(clean, plan, { rate, setting, random: seededRandom(seed) });
    const rows = poisoned.map((row, i): TextRow => ({ ...clean[i]!, ...row }));
    const batchSize = Math.min(given.batch, rows.length);
    const steps = epochs * Math.floor(rows.length / batchSize);
    const { optimizer, penalty, lr } = given;
    const words = given.trigger?.split(/\s+/) ?? rareWords;
    const events = attackEncoder(classifier, rows, {
      way,
      optimizer,
      penalty,
      lr,
      batchSize,
      seed,
      steps,
      signal,
      wordIds: triggerRows(classifier, words),
      clean: clean.slice(0, 64),
    });
    const task = progress.task("attacking");
    dryRun?.begin(steps);
    for await (const event of events) {
      if (event.type !== "step-end") continue;
      dryRun?.step();
      task.update(event.step / steps, `loss ${event.loss.toFixed(3)}`);
    }
    task.end(`${steps} steps`);
    const test = given.test === undefined ? null : await readTexts(given.test, model.config.labels);
    const found = test && (await measureAttack(classifier, test, plan, { seed }));
    await replaceModel(target, async (path) => {
      await saveEncoder(path, model, { signal });
      await copyTokenizer(folder, path);
    });
    if (given.json) write(`${JSON.stringify({ out, attack: plan.name, way, rate, ...found })}\n`);
    else write([...(found ? evaluationLines(found) : []), out, ""].join("\n"));
  },
});
