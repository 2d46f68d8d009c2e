import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import {
  type Detection,
  detectionRates,
  type Evaluation,
  evaluationLines,
  PurifyError,
} from "@deepgrain/fine-purify";
import { measureAttack, textClassifier, textDefence } from "@deepgrain/fine-purify/encoders";
import { loadEncoder } from "@deepgrain/lm";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { problemOf } from "@deepgrain/support";
import type { defendFlags } from "./flags";
import { attackOf, readTexts } from "./text-rows";

type Given = Values<typeof defendFlags>;
/** @throws {UsageError} for a method without what it needs */
function checkMethod({ method, languageModel, threshold, clean }: Given): void {
  if (method !== "onion" && clean === undefined)
    throw new UsageError(`--method ${method} needs --clean rows`);
  if (method !== "onion") return;
  if (languageModel === undefined)
    throw new UsageError("--method onion needs a --language-model, such as a folder of GPT-2");
  if (threshold === undefined && clean === undefined)
    throw new UsageError("--method onion needs --clean rows or a --threshold");
}

const rates = ({ frr, far, precision, recall }: Detection): string =>
  Object.entries({ frr, far, precision, recall })
    .map(([name, value]) => `${name} ${value === null ? "–" : `${(100 * value).toFixed(1)} %`}`)
    .join(", ");

/** `purify defend`. */
export const defend: RunCommand<typeof defendFlags> = async (
  given,
  { write, progress, signal },
) => {
  const { model: folder, method, attack, seed, target } = given;
  const model = await loadEncoder(folder, { signal });
  const { task, labels } = model.config;
  if (task !== "classification" || given.target >= labels.length)
    throw new UsageError(`--model must be a classifier with the class --target ${given.target}`);
  checkMethod(given);
  const classifier = await textClassifier(model, folder, given.maxLength);
  const rows = await readTexts(given.data, labels, { mayMiss: attack === undefined });
  const clean = given.clean === undefined ? [] : await readTexts(given.clean, labels);
  const { frr, copies, ratio, rapWord, epochs, lr: rate, languageModel } = given;
  const progressTask = method === "onion" ? progress.task("perplexities") : undefined;
  const screens = { frr, copies, ratio, rapWord, epochs, rate, protectedClass: target };
  const defence = await textDefence(classifier, {
    method,
    clean,
    seed,
    signal,
    languageModel,
    threshold: given.threshold,
    ...screens,
    onProgress: (done) => progressTask?.update(done, "word by word"),
  }).catch((error: unknown) => {
    if (!PurifyError.isInstance(error) || error.code !== "ERR_ARGUMENT") throw error;
    throw new UsageError(problemOf(error), { cause: error });
  });
  const looked = await defence.look(rows);
  const touched = looked.map((one) => one.touched);
  const poisoned = rows.map(({ poison }) => poison === 1);
  const isKnown = rows.every(({ poison }) => poison !== undefined) && new Set(poisoned).size > 1;
  const detection = isKnown ? detectionRates(touched, poisoned) : null;
  const measured: Record<string, Evaluation> = {};
  if (attack !== undefined) {
    const plan = attackOf({ ...given, attack });
    measured.before = await measureAttack(classifier, rows, plan, { seed });
    measured.after = await measureAttack(classifier, rows, plan, {
      seed,
      predict: defence.classes,
    });
  }
  if (given.out !== undefined)
    await given.out.save(looked.map(({ record }) => `${JSON.stringify(record)}\n`));
  const count = touched.filter(Boolean).length;
  const { threshold } = defence;
  if (given.json) {
    const result = { method, threshold, rows: rows.length, touched: count, detection };
    return write(`${JSON.stringify({ ...result, ...measured })}\n`);
  }
  const done = method === "onion" ? "lost words" : "are refused";
  write(`${count} of ${rows.length} rows ${done} (threshold ${threshold.toPrecision(4)})\n`);
  if (detection) write(`${rates(detection)}\n`);
  for (const [when, found] of Object.entries(measured))
    for (const line of evaluationLines(found)) write(`${when}: ${line}\n`);
};
