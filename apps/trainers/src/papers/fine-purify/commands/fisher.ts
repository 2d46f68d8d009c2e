import { dirname } from "node:path";
import { makeFolder } from "@deepgrain/files";
import { writeFisher } from "@deepgrain/fine-purify/files";
import { diagonalFisher, fisherNeed, trueFisherPasses } from "@deepgrain/fine-purify/fisher";
import { batchRow, type EncoderBatch, type EncoderModel, loadEncoder } from "@deepgrain/lm";
import type { NamedTensors } from "@deepgrain/tensor-gpu";
import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { UsageError } from "../../../cli/usage-error";
import { saveFile } from "../../../formats/save-file";
import { readEncoderIdsFile } from "../../../models/encoder-logits";
import { floatJson } from "../../../models/float-json";
import { rowLosses } from "./encoder-texts";

/** What the forward pass of one row keeps for the backward pass, in numbers. */
export function activationsPerRow({ config }: EncoderModel, length: number): number {
  const { hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads } = config;
  return (
    length *
    (6 * hiddenSize +
      numHiddenLayers * (14 * hiddenSize + 3 * intermediateSize + numAttentionHeads))
  );
}

/** "412 MB" */
export const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;

/** Says what memory a Fisher pass will take. */
export function statedNeed(
  model: EncoderModel,
  { rows, length }: { rows: number; length: number },
): string {
  const parameters = [...model.namedWeights().values()].map(({ size }) => size);
  const need = fisherNeed({
    parameters,
    activationsPerRow: activationsPerRow(model, length),
    rows,
  });
  return `the Fisher pass takes about ${megabytes(need.total)}: weights ${megabytes(need.weights)}, sums ${megabytes(need.sums)}, gradients per row ${megabytes(need.buffer)}, activations ${megabytes(need.activations)}`;
}

function* json(fisher: NamedTensors, entries: number): Generator<string> {
  let between = "{";
  for (const [name, { data }] of fisher) {
    const sum = data.reduce((total, value) => total + value, 0);
    yield `${between}${JSON.stringify(name)}: {"sum": ${sum}`;
    if (data.length <= entries) {
      yield ', "data": [';
      yield* floatJson(data);
      yield "]";
    }
    yield "}";
    between = ",\n";
  }
  yield "}\n";
}

/** The passes of the true Fisher information of a classifier. */
export const truePasses = (model: EncoderModel) => (batch: EncoderBatch) =>
  trueFisherPasses(batch, {
    logits: (own) => model.forward(own),
    withLabel: (own, label) => ({ ...own, labels: Array.from({ length: own.batch }, () => label) }),
  });

const rowsOf = function* (file: EncoderBatch, size: number): Generator<EncoderBatch> {
  if (file.batch <= size) return yield file;
  for (let row = 0; row < file.batch; row++) yield batchRow(file, row);
};

export const fisher = defineCommand({
  description:
    "Writes the diagonal Fisher information of an encoder on given rows: mean squares of the gradients of single rows, all rows of a batch in one pass.",
  examples: [
    "purify fisher --model DIR --ids ids.json --out fisher.safetensors   # for purify run --fisher",
    "purify fisher --model DIR --ids ids.json --out out.json   # sums, and the entries of small tensors",
  ],
  flags: {
    model: flags.folder({
      required: true,
      help: "Hugging Face folder of a BERT or RoBERTa encoder with its head",
    }),
    ids: flags.file({
      required: true,
      help: "input_ids, labels, and optionally attention_mask and token_type_ids; rows of one length",
    }),
    out: flags.file({
      required: true,
      writes: "file",
      help: "File to write: .json, or .safetensors with all values",
    }),
    kind: flags.choice(["empirical", "true"], {
      default: "empirical",
      help: "Gradients of the gold labels, or of all classes weighed by the model's probabilities",
    }),
    entries: flags.whole({
      default: 400,
      help: "Largest tensor whose entries the JSON form holds",
    }),
    batch: flags.whole({ min: 1, default: 64, help: "Most rows in one pass" }),
    at: flags.text({
      default: "the model's weights",
      help: "Note for the file: where the values were taken",
    }),
    json: flags.flag({ help: "Errors as JSON too" }),
  },
  async run({ model: folder, ids, out, kind, entries, batch: size, at }, { signal, progress }) {
    const model = await loadEncoder(folder, { signal });
    const { config } = model;
    const file = await readEncoderIdsFile(ids, config.task);
    if (!file.labels)
      throw new UsageError(`${ids} must hold labels: gradients are those of the labels' loss`);
    if (kind === "true" && config.task !== "classification")
      throw new UsageError("--kind true needs a classifier");
    progress.note(statedNeed(model, { rows: Math.min(size, file.batch), length: file.length }));
    const {
      fisher: values,
      rows,
      looped,
    } = await diagonalFisher(rowLosses(model), rowsOf(file, size), {
      parameters: model.namedWeights(),
      signal,
      ...(kind === "true" && { passes: truePasses(model) }),
    });
    if (looped.length > 0) progress.note(`a backward pass per row for ${looped.join(", ")}`);
    if (!out.endsWith(".safetensors")) return saveFile(out, json(values, entries));
    await makeFolder(dirname(out));
    await writeFisher(out, values, { rows, kind, at }, { signal });
  },
});
