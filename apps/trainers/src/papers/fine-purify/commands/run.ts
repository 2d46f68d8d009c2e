import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  modelParts,
  type PurifyOptions,
  type PurifyReport,
  purify,
  searchRho,
} from "@deepgrain/fine-purify";
import { purifyFiles, writeFisher } from "@deepgrain/fine-purify/files";
import {
  diagonalFisher,
  type FisherPlace,
  fisherAt,
  fisherPlaces,
} from "@deepgrain/fine-purify/fisher";
import { fineTune } from "@deepgrain/fine-purify/training";
import { type EncoderModel, loadEncoder, saveEncoder } from "@deepgrain/lm";
import {
  type NamedTensors,
  openCheckpoint,
  readSafetensors,
  readTensors,
} from "@deepgrain/tensor-gpu";
import type { CommandContext } from "../../../cli/context";
import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { UsageError } from "../../../cli/usage-error";
import { saveJson } from "../../../formats/save-file";
import { copyTokenizer } from "../../../models/copy-tokenizer";
import { modelOutFlag } from "../../../models/model-out-flag";
import { assertReplaceable, replaceModel } from "../../../store/replace-model";
import { setWeights, weightsOf } from "../encoder-rows";
import {
  type Classifier,
  measure,
  readTexts,
  rowLosses,
  type TextRow,
  textBatch,
  textBatches,
  withTokenizer,
} from "./encoder-texts";
import { statedNeed, truePasses } from "./fisher";

interface Clean {
  classifier: Classifier;
  rows: readonly TextRow[];
  init: string;
  epochs: number;
  lr: number;
  seed: number;
}

type Context = Pick<CommandContext, "progress" | "signal">;

async function readWeights(
  folder: string,
  wanted: NamedTensors,
  signal: AbortSignal,
): Promise<NamedTensors> {
  const file = await openCheckpoint(folder, { signal });
  try {
    return await readTensors(file, { select: (name) => wanted.has(name), signal });
  } finally {
    await file.close();
  }
}

/** Takes Fisher values on the clean rows and puts them into a file. */
async function fisherFile(
  path: string,
  { classifier, rows, init: folder }: Clean,
  { at, kind }: { at: FisherPlace; kind: "empirical" | "true" },
  { progress, signal }: Context,
): Promise<void> {
  const { model, length } = classifier;
  progress.note(statedNeed(model, { rows: Math.min(16, rows.length), length }));
  const measureAt = async (weights: NamedTensors) => {
    setWeights(model, weights);
    const options = {
      parameters: model.namedWeights(),
      signal,
      ...(kind === "true" && { passes: truePasses(model) }),
    };
    return (await diagonalFisher(rowLosses(model), textBatches(classifier, rows, 16), options))
      .fisher;
  };
  const finetuned = weightsOf(model);
  const init = await readWeights(folder, finetuned, signal);
  const fisher = await fisherAt(at, init, finetuned, measureAt);
  setWeights(model, finetuned);
  await writeFisher(path, fisher, { rows: rows.length, kind, at }, { signal });
}

async function tune(
  { classifier, rows, epochs, lr, seed }: Clean,
  { progress, signal }: Context,
): Promise<void> {
  const loss = (own: readonly TextRow[]) => classifier.model.loss(textBatch(classifier, own));
  const task = progress.task("fine-tuning");
  const total = epochs * Math.max(1, Math.floor(rows.length / 8));
  for await (const event of fineTune(classifier.model, rows, {
    loss,
    epochs,
    seed,
    schedule: lr,
    signal,
  }))
    if (event.type === "step-end") task.update(event.step / total, `loss ${event.loss.toFixed(3)}`);
  task.end(`${epochs} epochs`);
}

/** The smallest reserve ratio that keeps the accuracy on held-out rows; in memory. */
async function chooseRho(
  clean: Clean,
  heldOut: readonly TextRow[],
  {
    options,
    fisher,
    tolerance,
  }: { options: PurifyOptions; fisher: string | undefined; tolerance: number },
  context: Context,
): Promise<number> {
  const { model } = clean.classifier;
  const finetuned = weightsOf(model);
  const init = await readWeights(clean.init, finetuned, context.signal);
  const values = fisher === undefined ? undefined : await readSafetensors(fisher);
  const accuracy = async () => (await measure(clean.classifier, { clean: heldOut })).acc!.value;
  const threshold = (await accuracy()) - tolerance;
  const { rho, reached } = await searchRho({
    threshold,
    signal: context.signal,
    async evaluate(rho) {
      const { weights } = await purify(init, finetuned, {
        ...options,
        rho,
        ...(values && { fisher: values }),
      });
      setWeights(model, weights);
      if (clean.epochs > 0) await tune(clean, context);
      const found = await accuracy();
      context.progress.note(
        `ρ ${rho}: accuracy ${(100 * found).toFixed(1)} % of ${heldOut.length} held-out rows`,
      );
      return { accuracy: found, result: null };
    },
  });
  setWeights(model, finetuned);
  if (!reached)
    context.progress.note(`no ratio kept ${(100 * threshold).toFixed(1)} %; the largest is taken`);
  return rho;
}

async function openClean(
  given: { clean: string; finetuned: string; length: number } & Pick<
    Clean,
    "init" | "epochs" | "lr" | "seed"
  >,
  signal: AbortSignal,
): Promise<Clean> {
  const model: EncoderModel = await loadEncoder(given.finetuned, { signal });
  const classifier = await withTokenizer(model, given.finetuned, given.length);
  const rows = await readTexts(given.clean, model.config.labels);
  return { ...given, classifier, rows };
}

const summary = (report: PurifyReport): string =>
  [
    `${(100 * report.purified).toFixed(2)} % of ${report.weights} weights were reset (indicator ${report.options.indicator}, ρ ${report.options.rho})`,
    `median |δ|/|w| ${report.medianDrift?.toPrecision(3) ?? "–"}; correlation of ln δ² with ln Ĥ ${report.correlation?.toFixed(2) ?? "–"}`,
  ].join("\n");

export const run = defineCommand({
  description:
    "Resets weights of a fine-tuned checkpoint whose drift is abnormal for their curvature to their pre-trained values, tensor by tensor, and can fine-tune afterwards. Formulas are reconstructions of Fine-purifying (arXiv 2305.04547).",
  examples: [
    "purify run --init base --finetuned suspect --clean clean.jsonl --out purified",
    "purify run --init base --finetuned suspect --fisher fisher.safetensors --rho 0.95 --out purified",
    "purify run --init base --finetuned suspect --indicator random --rho 0.5 --out mixed   # Fine-mixing",
  ],
  flags: {
    init: flags.folder({ required: true, help: "Clean pre-trained checkpoint" }),
    finetuned: flags.folder({ required: true, help: "Checkpoint that was fine-tuned from it" }),
    clean: flags.file({
      help: 'Clean rows, JSON Lines of {"text", "label"}: for Fisher values, fine-tuning and the search of ρ',
    }),
    fisher: flags.file({
      help: "Fisher values from purify fisher, instead of a pass over the clean rows",
    }),
    out: modelOutFlag,
    indicator: flags.choice(["r", "delta2", "fisher", "random"], {
      default: "r",
      help: "What weights are ranked by: δ²/Ĥ, δ², 1/Ĥ, or nothing",
    }),
    mode: flags.choice(["hard", "soft"], {
      default: "hard",
      help: "Reset wholly, or by the probability of being poisonous",
    }),
    em: flags.flag({ help: "Expectation maximisation in soft mode" }),
    rho: flags.real({ max: 1, default: 0.9, help: "Reserve ratio: share of weights that stay" }),
    heldOut: flags.file({ help: "Held-out rows on which ρ is searched, instead of --rho" }),
    tolerance: flags.real({ max: 1, default: 0.05, help: "Accuracy that the search may lose" }),
    granularity: flags.choice(["scalar", "row", "tensor"], {
      default: "scalar",
      help: "What shares one score",
    }),
    parts: flags.names(modelParts, {
      default: modelParts.filter((part) => part !== "head"),
      help: "Parts that may be reset",
    }),
    fisherAt: flags.choice(fisherPlaces, {
      default: "init",
      help: "Weights at which Fisher values are taken",
    }),
    kind: flags.choice(["empirical", "true"], {
      default: "empirical",
      help: "Kind of Fisher information",
    }),
    largestDrift: flags.real({
      default: 0.5,
      help: "Median |δ|/|w| above which the checkpoints are refused as unrelated",
    }),
    epochs: flags.whole({
      default: 0,
      help: "Epochs of fine-tuning on the clean rows afterwards; 10 is customary",
    }),
    lr: flags.real({ default: 2e-5, help: "Its learning rate" }),
    length: flags.whole({ min: 3, default: 384, help: "Most tokens of a clean row" }),
    maxShardMb: flags.whole({
      min: 1,
      help: "Split the weights into files of at most this many MB",
    }),
    report: flags.file({ writes: "file", help: "JSON file for what was reset, for purify report" }),
    mask: flags.file({ writes: "file", help: "Safetensors file for the mask, uint8" }),
    seed: flags.whole({
      max: 2 ** 31,
      default: 0,
      help: "Seed of random masks and of fine-tuning",
    }),
    json: flags.flag({ help: "Print the report as JSON" }),
  },
  async run(given, { write, progress, signal }) {
    const { init, finetuned, out, indicator, mode, em, granularity, parts, largestDrift, seed } =
      given;
    const needsFisher = indicator === "r" || indicator === "fisher";
    const needsClean =
      given.epochs > 0 ||
      given.heldOut !== undefined ||
      (needsFisher && given.fisher === undefined);
    if (needsClean && given.clean === undefined)
      throw new UsageError(
        "--clean is needed for Fisher values, fine-tuning and the search of ρ; --fisher, --indicator delta2 and random do without",
      );
    const inputs = [
      init,
      finetuned,
      ...[given.clean, given.fisher].filter((path) => path !== undefined),
    ];
    await assertReplaceable(out, inputs); // now, not after minutes of work
    const context = { progress, signal };
    const options: PurifyOptions = { indicator, mode, em, granularity, parts, largestDrift, seed };
    const work = await mkdtemp(join(tmpdir(), "deepgrain-purify-"));
    try {
      const clean =
        given.clean === undefined || !needsClean
          ? null
          : await openClean({ ...given, clean: given.clean }, signal);
      let fisher = needsFisher ? given.fisher : undefined;
      if (clean && needsFisher && fisher === undefined) {
        fisher = join(work, "fisher.safetensors");
        await fisherFile(fisher, clean, { at: given.fisherAt, kind: given.kind }, context);
      }
      const heldOut =
        given.heldOut === undefined
          ? null
          : await readTexts(given.heldOut, clean!.classifier.model.config.labels);
      const rho = heldOut
        ? await chooseRho(clean!, heldOut, { options, fisher, tolerance: given.tolerance }, context)
        : given.rho;
      clean?.classifier.model.dispose();
      const task = progress.task("purifying");
      let report: PurifyReport | undefined;
      await replaceModel(out, inputs, async (path) => {
        const file = join(path, "model.safetensors");
        const shards =
          given.maxShardMb === undefined ? {} : { maxShardSizeBytes: given.maxShardMb * 1e6 };
        const paths = { init, finetuned, out: file, fisher, mask: given.mask };
        const onProgress = (done: number) => task.update(done, "reading and writing");
        report = await purifyFiles(paths, { ...options, ...shards, rho, onProgress, signal });
        await copyFile(join(finetuned, "config.json"), join(path, "config.json"));
        await copyTokenizer(finetuned, path);
        if (given.epochs > 0) {
          const dtype = await storedType(file);
          const model = await loadEncoder(path, { signal });
          await tune({ ...clean!, classifier: { ...clean!.classifier, model } }, context);
          await saveEncoder(path, model, { ...shards, dtype, signal });
        }
      });
      task.end(out);
      if (given.report !== undefined) await saveJson(given.report, report);
      write(
        given.json ? `${JSON.stringify({ out, ...report! })}\n` : `${summary(report!)}\n${out}\n`,
      );
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  },
});

/** The type in which most weights of a checkpoint are stored. */
async function storedType(path: string): Promise<"F32" | "F16" | "BF16"> {
  const file = await openCheckpoint(path);
  try {
    const { dtype } = file.info(file.names[0]!);
    return dtype === "BF16" || dtype === "F16" ? dtype : "F32";
  } finally {
    await file.close();
  }
}
