import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { assertReplaceable, replaceModel } from "@deepgrain/command-line/runs/replace-model";
import {
  cleanSubset,
  type PurifyOptions,
  type PurifyReport,
  seededRandom,
} from "@deepgrain/fine-purify";
import {
  chooseRho,
  cleanFisherNeed,
  initialWeights,
  type TextClassifier,
  type TextRow,
  textClassifier,
  tuneCheckpoint,
  writeCleanFisher,
} from "@deepgrain/fine-purify/encoders";
import { purifyFiles } from "@deepgrain/fine-purify/files";
import { copyTokenizer, type EncoderModel, loadEncoder } from "@deepgrain/lm";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { copyFile, disk } from "@deepgrain/support/files";
import { statedNeed } from "./fisher";
import type { runFlags } from "./flags";
import { readTexts } from "./text-rows";

type Given = Values<typeof runFlags>;
type Context = Pick<CommandContext, "progress" | "signal">;

/** The suspect as a classifier, with clean rows. */
interface Clean {
  classifier: TextClassifier;
  rows: readonly TextRow[];
}

async function openClean(
  { clean, finetuned, maxLength, perClass, seed }: Given,
  { progress, signal }: Context,
): Promise<Clean> {
  const model = await loadEncoder(finetuned, { signal });
  const classifier = await textClassifier(model, finetuned, maxLength);
  const { labels } = model.config;
  const rows = await readTexts(clean!, labels);
  const random = seededRandom(seed);
  if (perClass !== undefined)
    return { classifier, rows: cleanSubset(rows, { classes: labels.length, perClass, random }) };
  const missing = labels.filter((_, label) => !rows.some((row) => row.label === label));
  if (missing.length > 0)
    progress.note(`${clean} has no rows of ${missing.join(", ")}: nothing protects those classes`);
  return { classifier, rows };
}

/** Takes Fisher values on the clean rows and puts them into a file. */
async function fisherFile(
  path: string,
  { classifier, rows }: Clean,
  given: Given,
  { progress, signal }: Context,
): Promise<void> {
  const size = Math.min(16, rows.length);
  const { fisherAt: at, kind } = given;
  const init = await initialWeights(given.init, classifier.model, { signal });
  progress.note(statedNeed(cleanFisherNeed(classifier, rows, { at, size })));
  await writeCleanFisher(path, classifier, rows, { init, at, kind, size, signal });
}

/** The smallest reserve ratio that keeps the accuracy on held-out rows. */
async function searched(
  { classifier, rows }: Clean,
  given: Given,
  purify: PurifyOptions,
  { progress, signal }: Context,
): Promise<number> {
  const { model } = classifier;
  const heldOut = await readTexts(given.heldOut!, model.config.labels);
  const { fisherAt, tolerance, epochs, lr: tuneRate } = given;
  const init = await initialWeights(given.init, model, { signal });
  const { rho, reached, threshold } = await chooseRho(classifier, {
    init,
    clean: rows,
    heldOut,
    purify,
    fisherAt,
    tolerance,
    epochs,
    tuneRate,
    signal,
    onTried: ({ rho: tried, accuracy }) =>
      progress.note(
        `ρ ${tried}: accuracy ${(100 * accuracy).toFixed(1)} % of ${heldOut.length} held-out rows`,
      ),
  });
  if (!reached)
    progress.note(`no ratio kept ${(100 * threshold).toFixed(1)} %; the largest is taken`);
  return rho;
}

/** Fine-tunes the purified model of a folder in place. */
async function tune(
  folder: string,
  { rows }: Clean,
  { epochs, seed, lr, maxLength }: Given,
  { progress, signal }: Context,
): Promise<void> {
  const task = progress.task("fine-tuning");
  const total = epochs * Math.max(1, Math.floor(rows.length / 8));
  const open = (model: EncoderModel) => textClassifier(model, folder, maxLength);
  for await (const event of tuneCheckpoint(folder, open, rows, { epochs, seed, lr, signal }))
    if (event.type === "step-end") task.update(event.step / total, `loss ${event.loss.toFixed(3)}`);
  task.end(`${epochs} epochs`);
}

const summary = ({ purified, weights, options, medianDrift, correlation }: PurifyReport): string =>
  [
    `${(100 * purified).toFixed(2)} % of ${weights} weights were reset (indicator ${options.indicator}, ρ ${options.rho})`,
    `median |δ|/|w| ${medianDrift?.toPrecision(3) ?? "–"}; correlation of ln δ² with ln Ĥ ${correlation?.toFixed(2) ?? "–"}`,
  ].join("\n");

/** `purify run`. */
export const run: RunCommand<typeof runFlags> = async (given, { write, progress, signal }) => {
  const { init, finetuned, out, indicator, mode, em, granularity, parts, largestDrift, seed } =
    given;
  const isRanked = indicator === "r" || indicator === "fisher";
  const takesFisher = isRanked && given.fisher === undefined;
  const needsClean = given.epochs > 0 || given.heldOut !== undefined || takesFisher;
  if (needsClean && given.clean === undefined)
    throw new UsageError(
      "--clean is needed for Fisher values, fine-tuning and the search of ρ; --fisher, --indicator delta2 and random do without",
    );
  const inputs = [init, finetuned, given.clean, given.fisher].filter((path) => path !== undefined);
  const target = { out, overwrite: given.overwrite, command: "purify run", inputs };
  await assertReplaceable(target); // now, not after minutes of work
  const context = { progress, signal };
  const options: PurifyOptions = { indicator, mode, em, granularity, parts, largestDrift, seed };
  const work = await disk.mkdtemp(join(tmpdir(), "deepgrain-purify-"));
  try {
    const clean = needsClean ? await openClean(given, context) : null;
    let fisher = isRanked ? given.fisher : undefined;
    if (takesFisher) {
      fisher = join(work, "fisher.safetensors");
      await fisherFile(fisher, clean!, given, context);
    }
    const rho =
      given.heldOut === undefined ? given.rho : await searched(clean!, given, options, context);
    clean?.classifier.model.dispose();
    let report: PurifyReport | undefined;
    await replaceModel(target, async (path) => {
      const task = progress.task("purifying");
      const weights = { init, finetuned, out: join(path, "model.safetensors"), fisher };
      const maxShardSizeBytes = given.maxShardMb && given.maxShardMb * 1e6;
      const onProgress = (done: number) => task.update(done, "reading and writing");
      const settings = { ...options, maxShardSizeBytes, rho, onProgress, signal };
      const resetInto = async (mask: string | undefined) => {
        report = await purifyFiles({ ...weights, mask }, settings);
      };
      await (given.mask === undefined ? resetInto(undefined) : given.mask.fill(resetInto));
      await copyFile(join(finetuned, "config.json"), join(path, "config.json"));
      await copyTokenizer(finetuned, path);
      task.end(out);
      if (given.epochs > 0) await tune(path, clean!, given, context);
    });
    if (given.report !== undefined) await given.report.saveJson(report);
    write(
      given.json ? `${JSON.stringify({ out, ...report! })}\n` : `${summary(report!)}\n${out}\n`,
    );
  } finally {
    await disk.rmTree(work);
  }
};
