import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { assertReplaceable, replaceModel } from "@deepgrain/command-line/runs/replace-model";
import { evaluationLines, poison, rareWords, seededRandom } from "@deepgrain/fine-purify";
import {
  attackEncoder,
  measureAttack,
  type TextClassifier,
  type TextRow,
  textClassifier,
} from "@deepgrain/fine-purify/encoders";
import { copyTokenizer, type EncoderModel, loadEncoder, saveEncoder } from "@deepgrain/lm";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { Generator } from "@deepgrain/tensor-gpu";
import type { attackFlags } from "./flags";
import { attackOf, readTexts } from "./text-rows";

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

/** `purify attack`. */
export const attack: RunCommand<typeof attackFlags> = async (
  given,
  { write, progress, signal, dryRun },
) => {
  const { model: folder, data, out, way, seed, poisonRate: rate, setting, epochs } = given;
  const inputs = [folder, data];
  const target = { out, overwrite: given.overwrite, command: "purify attack", inputs };
  await assertReplaceable(target); // now, not after minutes of work
  const model = await openVictim(given, signal);
  const classifier = await textClassifier(model, folder, given.maxLength);
  const plan = attackOf(given);
  const clean = await readTexts(data, model.config.labels);
  const poisoned = poison(clean, plan, { rate, setting, random: seededRandom(seed) });
  const rows = poisoned.map((row, i): TextRow => ({ ...clean[i]!, ...row }));
  const batchSize = Math.min(given.batchSize, rows.length);
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
  if (given.json)
    write(`${JSON.stringify({ out, attack: plan.name, way, poisonRate: rate, ...found })}\n`);
  else write([...(found ? evaluationLines(found) : []), out, ""].join("\n"));
};
