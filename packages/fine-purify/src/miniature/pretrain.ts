import { EncoderModel, encoderConfigJson, parseEncoderConfig } from "@deepgrain/lm";
import { Generator, type NamedTensors, optim } from "@deepgrain/tensor-gpu";
import { type FitEvent, fit } from "@deepgrain/trainer";
import { type RowClassifier, setWeights, tokenBatch, weightsOf } from "../encoders/row-classifier";
import { having, optionsOf, refuseUnknown } from "../errors";
import { seededRandom } from "../random";
import { maskedBatch } from "./masked-batch";
import { type EncoderTask, FRAME, MASK, type TokenRow } from "./task";

/** The purpose of an encoder: its configuration, and texts to read first. */
type PretrainingTask = Pick<EncoderTask, "config" | "classes" | "text">;

/** The encoder of a task with a masked-LM head and random weights. */
export function languageModelOf(encoderTask: PretrainingTask, seed: number): EncoderModel {
  const { config } = having("languageModelOf", "encoderTask", encoderTask, "config", "classes");
  const json = { ...encoderConfigJson(config), architectures: ["BertForMaskedLM"] };
  return new EncoderModel(parseEncoderConfig(json), { generator: new Generator(seed) });
}

/** A classifier with pre-trained weights and a new head. */
export function classifierOf(
  encoderTask: PretrainingTask,
  weights: NamedTensors,
  seed: number,
): RowClassifier<TokenRow> {
  const { config } = having("classifierOf", "encoderTask", encoderTask, "config", "classes");
  const model = new EncoderModel(config, { generator: new Generator(500 + seed) });
  setWeights(model, weights);
  return { model, batch: (rows) => tokenBatch(rows, FRAME) };
}

/** Options of {@link pretrainEncoder}. */
export interface PretrainOptions {
  steps: number;
  /** Rows per step. Default 48. */
  rows?: number | undefined;
  seed: number;
  signal?: AbortSignal | undefined;
}

/**
 * Pre-trains the encoder of a task by masked LM, a fifth of the words hidden.
 *
 * @yields the events of `fit`
 * @returns its weights
 * @throws what `fit` throws
 */
export async function* pretrainEncoder(
  task: PretrainingTask,
  options: PretrainOptions,
): AsyncGenerator<FitEvent, NamedTensors> {
  const { steps, rows = 48, seed, signal, ...rest } = optionsOf("pretrainEncoder", options);
  refuseUnknown("pretrainEncoder", rest);
  const model = languageModelOf(task, seed);
  const random = seededRandom(3000 + seed);
  const lr = optim.linearSchedule({ peak: 2e-3, startFactor: 1, endFactor: 0.1, steps });
  const texts = () => Array.from({ length: rows }, () => task.text(random));
  const data = { batch: () => maskedBatch(texts(), { ...FRAME, mask: MASK, random }) };
  const loss = (own: ReturnType<typeof maskedBatch>) => model.loss(own);
  try {
    yield* fit(model, { data, loss, steps, lr, signal });
    return weightsOf(model);
  } finally {
    model.dispose();
  }
}
