import {
  encoderFisherNeed,
  encoderPasses,
  encoderRowLosses,
} from "@deepgrain/fine-purify/encoders";
import { writeFisher } from "@deepgrain/fine-purify/files";
import { diagonalFisher, type FisherNeed } from "@deepgrain/fine-purify/fisher";
import { batchRow, type EncoderBatch, loadEncoder } from "@deepgrain/lm";
import type { NamedTensors } from "@deepgrain/tensor-gpu";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { readEncoderIdsFile } from "../formats/encoder-ids-file";
import { floatJson } from "../formats/float-json";
import { FormatError } from "../formats/read-json";

/** Reports the memory that a Fisher pass needs, once the model is loaded. */
export function statedNeed(need: FisherNeed): string {
  const parts = Object.entries(need).map(([part, bytes]) => `${part} ${Math.ceil(bytes / 1e6)} MB`);
  const held = Math.ceil(process.memoryUsage.rss() / 1e6);
  return `memory of the Fisher pass beside the ${held} MB held with the model: ${parts.join(", ")}`;
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

function* pieces(file: EncoderBatch, size: number): Generator<EncoderBatch> {
  if (file.batch <= size) return yield file;
  for (let row = 0; row < file.batch; row++) yield batchRow(file, row);
}

export const fisher = defineCommand({
  description:
    "Writes the diagonal Fisher information of an encoder on given rows: the mean squared gradients of single rows, computed for all rows in one pass.",
  examples: [
    "purify fisher --model DIR --ids ids.json --out fisher.safetensors   # for purify run --fisher",
    "purify fisher --model DIR --ids ids.json --out out.json   # sums, and the entries of small tensors",
  ],
  flags: {
    model: flags.model({
      required: true,
      help: "Hugging Face folder of a BERT or RoBERTa encoder with its head",
    }),
    ids: flags.file({
      required: true,
      help: "input_ids, labels, and optionally attention_mask and token_type_ids; rows of one length",
    }),
    out: flags.outFile({
      required: true,
      help: "File to write: .json, or .safetensors with all values",
    }),
    kind: flags.choice(["empirical", "true"], {
      default: "empirical",
      help: "Gradients of the gold labels, or of all classes weighted by the model's probabilities",
    }),
    entries: flags.whole({
      default: 400,
      help: "Maximum number of entries of a tensor that is written to JSON",
    }),
    batch: flags.whole({
      min: 1,
      default: 64,
      help: "Maximum rows in one pass; a larger file is processed row by row",
    }),
    at: flags.text({
      default: "the model's weights",
      help: "Note for the file: where the values were taken",
    }),
    json: flags.flag({ help: "Errors as JSON too" }),
  },
  async run({ model: folder, ids, out, kind, entries, batch: size, at }, { signal, progress }) {
    const model = await loadEncoder(folder, { signal });
    const file = await readEncoderIdsFile(ids, model.config.task);
    if (!file.labels)
      throw new FormatError(`${ids} must hold labels: gradients are those of the labels' loss`);
    if (kind === "true" && model.config.task !== "classification")
      throw new UsageError("--kind true needs a classifier");
    const rows = file.batch <= size ? file.batch : 1;
    progress.note(statedNeed(encoderFisherNeed(model, { rows, length: file.length })));
    const found = await diagonalFisher(encoderRowLosses(model), pieces(file, size), {
      parameters: model.namedWeights(),
      signal,
      ...encoderPasses(model, kind),
    });
    if (found.looped.length > 0)
      progress.note(`a backward pass per row for ${found.looped.join(", ")}`);
    if (!out.path.endsWith(".safetensors")) return out.save(json(found.fisher, entries));
    const about = { rows: found.rows, kind, at };
    await out.fill((path) => writeFisher(path, found.fisher, about, { signal }));
  },
});
