import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { readEncoderIdsFile } from "@deepgrain/command-line/files/encoder-ids-file";
import { floatJson } from "@deepgrain/command-line/files/float-json";
import {
  encoderFisherNeed,
  encoderPasses,
  encoderRowLosses,
} from "@deepgrain/fine-purify/encoders";
import { writeFisher } from "@deepgrain/fine-purify/files";
import { diagonalFisher, type FisherNeed } from "@deepgrain/fine-purify/fisher";
import { batchRow, type EncoderBatch, loadEncoder } from "@deepgrain/lm";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { NamedTensors } from "@deepgrain/tensor-gpu";
import type { fisherFlags } from "./flags";

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

/** `purify fisher`. */
export const fisher: RunCommand<typeof fisherFlags> = async (
  { model: folder, ids, out, kind, entries, batchSize: size, at },
  { signal, progress },
) => {
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
};
