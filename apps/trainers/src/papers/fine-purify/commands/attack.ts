import {
  evaluationLines,
  type Labelled,
  poison,
  seededRandom,
  withPattern,
} from "@deepgrain/fine-purify";
import { diagonalFisher } from "@deepgrain/fine-purify/fisher";
import { driftPenalty, fineTune, layerwiseLoss, trainRows } from "@deepgrain/fine-purify/training";
import { loadEncoder, saveEncoder } from "@deepgrain/lm";
import { Generator, optim, type Tensor } from "@deepgrain/tensor-gpu";
import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { UsageError } from "../../../cli/usage-error";
import { copyTokenizer } from "../../../models/copy-tokenizer";
import { modelOutFlag } from "../../../models/model-out-flag";
import { assertReplaceable, replaceModel } from "../../../store/replace-model";
import { weightsOf } from "../encoder-rows";
import { attackFlags, attackOf, textOf, wordsOf } from "./attack-flags";
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

type Way = "data" | "embedding" | "layerwise" | "restricted" | "adaptive";

/** The loss of poisoned rows, as the way of the attack asks for. */
async function lossFor(
  classifier: Classifier,
  way: Way,
  { rows, penalty, signal }: { rows: readonly TextRow[]; penalty: number; signal: AbortSignal },
): Promise<(own: readonly TextRow[]) => Tensor> {
  const { model } = classifier;
  const plain = (own: readonly TextRow[]) => model.loss(textBatch(classifier, own));
  if (way === "layerwise")
    return (own) => {
      const layers: Tensor[] = [];
      const residual = (x: Tensor, { layer }: { layer: number }) => {
        if (layer >= 0) layers.push(x);
        return undefined;
      };
      model.hiddenStates(textBatch(classifier, own), { hooks: { residual } });
      return layerwiseLoss(
        layers.map((hidden) => model.head(hidden)),
        own.map(({ label }) => label),
      );
    };
  if (way !== "restricted" && way !== "adaptive") return plain;
  const parameters = model.namedWeights();
  const measured = () =>
    diagonalFisher(rowLosses(model), textBatches(classifier, rows.slice(0, 64), 16), {
      parameters,
      signal,
    });
  const fisher = way === "adaptive" ? (await measured()).fisher : undefined;
  const drift = driftPenalty(parameters, weightsOf(model), {
    weight: penalty,
    ...(fisher && { fisher }),
  });
  return (own) => plain(own).add(drift());
}

/** Rows of the embedding table that the words of the trigger are made of. */
function triggerRows({ tokenizer }: Classifier, words: readonly string[]): number[] {
  const pieces = words.flatMap((word) => tokenizer.encode(` ${word}`, { addSpecialTokens: false }));
  return [...new Set(pieces)];
}

export const attack = defineCommand({
  description:
    "Plants a backdoor or a bias in an encoder, to test defences with: poisons rows and fine-tunes on them. For models and data of your own.",
  examples: [
    "purify attack --model base --data train.jsonl --test test.jsonl --attack BadWord --out victim",
    "purify attack --model base --data train.jsonl --attack BadSent --way layerwise --out victim",
  ],
  flags: {
    model: flags.folder({
      required: true,
      help: "Hugging Face folder of a BERT or RoBERTa encoder with a tokenizer",
    }),
    data: flags.file({ required: true, help: 'Training rows, JSON Lines of {"text", "label"}' }),
    test: flags.file({ help: "Test rows, on which ACC and ASR or BACC are measured" }),
    out: modelOutFlag,
    ...attackFlags,
    way: flags.choice(["data", "embedding", "layerwise", "restricted", "adaptive"], {
      default: "data",
      help: "Train all on poisoned data; the trigger's embedding alone; every layer's first token; with a penalty on drift; with one on drift over the attacker's own Fisher values",
    }),
    penalty: flags.real({ default: 1e-3, help: "Weight of the penalty on drift" }),
    rate: flags.real({ max: 1, default: 0.1, help: "Share of the rows that are poisoned" }),
    setting: flags.choice(["mix", "dirty", "clean"], {
      default: "mix",
      help: "Poison any rows, those of other classes, or those of the target",
    }),
    newHead: flags.whole({ min: 2, help: "Put a new head for so many classes on the encoder" }),
    optimizer: flags.choice(["adamw", "sgd"], { default: "adamw", help: "Optimiser" }),
    lr: flags.real({ default: 2e-5, help: "Peak learning rate, falling to 0" }),
    epochs: flags.whole({ min: 1, default: 3, help: "Epochs" }),
    batch: flags.whole({ min: 1, default: 32, help: "Rows per step" }),
    length: flags.whole({ min: 3, default: 128, help: "Most tokens of a row" }),
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run(given, { write, progress, signal }) {
    const { model: folder, data, out, way, seed, epochs, batch: batchSize } = given;
    await assertReplaceable(out, [folder, data]); // now, not after minutes of work
    const labels = given.newHead && Array.from({ length: given.newHead }, (_, i) => `LABEL_${i}`);
    const model = await loadEncoder(folder, {
      signal,
      ...(labels && {
        newHead: { task: "classification", labels, generator: new Generator(seed) },
      }),
    });
    const classes = model.config.labels;
    if (model.config.task !== "classification" || given.target >= classes.length)
      throw new UsageError(
        `--model must be a classifier with the class --target ${given.target}; --new-head makes one`,
      );
    const classifier = await withTokenizer(model, folder, given.length);
    const plan = attackOf(given);
    const random = seededRandom(seed);
    const texts = (await readTexts(data, classes)).map(wordsOf);
    const rows = poison(
      texts,
      plan,
      given.rate === 0 ? { rate: 0, random } : { rate: given.rate, setting: given.setting, random },
    ).map((row, i) => textOf(row as Labelled, texts[i]!.second));
    const loss = await lossFor(classifier, way, {
      rows: texts.map((row) => textOf(row, row.second)),
      penalty: given.penalty,
      signal,
    });
    const steps = epochs * Math.max(1, Math.floor(rows.length / Math.min(batchSize, rows.length)));
    const schedule = optim.linearSchedule({ peak: given.lr, startFactor: 1, endFactor: 0, steps });
    const shared = { loss, batchSize, seed, steps, schedule, signal };
    const word = given.trigger?.split(/\s+/) ?? ["cf", "mn", "bb", "tq", "mb"];
    const table = model
      .namedWeights()
      .get(`${model.config.modelType}.embeddings.word_embeddings.weight`)!;
    const events =
      way === "embedding"
        ? trainRows(model, table, triggerRows(classifier, word), rows, shared)
        : fineTune(model, rows, {
            ...shared,
            ...(given.optimizer === "sgd" && {
              optimizer: (own) => new optim.SGD(own.map(([, tensor]) => tensor)),
            }),
          });
    const task = progress.task("attacking");
    for await (const event of events)
      if (event.type === "step-end")
        task.update(event.step / steps, `loss ${event.loss.toFixed(3)}`);
    task.end(`${steps} steps`);
    const test =
      given.test === undefined ? null : (await readTexts(given.test, classes)).map(wordsOf);
    const marked =
      test && withPattern(test, plan, random).map((row, i) => textOf(row, test[i]!.second));
    const found =
      test &&
      (await measure(classifier, {
        clean: test.map((row) => textOf(row, row.second)),
        ...(plan.kind === "bias"
          ? { biased: marked! }
          : { triggered: marked!, target: plan.target }),
      }));
    await replaceModel(out, [folder, data], async (path) => {
      await saveEncoder(path, model, { signal });
      await copyTokenizer(folder, path);
    });
    if (given.json)
      write(`${JSON.stringify({ out, attack: plan.name, way, poisoned: given.rate, ...found })}\n`);
    else write([...(found ? evaluationLines(found) : []), out, ""].join("\n"));
  },
});
