import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "@deepgrain/lab";
import { type CausalLM, evaluate, loadModel } from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { z } from "zod";
import { type ComparisonData, type TaskData, tuningData } from "./comparison-data";
import { answerQuestions, textLosses } from "./measure-tuned";
import type { Method, MethodInput, PreparedMethod } from "./methods";
import { trainSteps } from "./train-steps";

const amount = z.number();

/** What one fine-tuning of one base model on one task by one method came to. */
export const tuningSchema = z.strictObject({
  rate: amount,
  trainedParameters: z.int(),
  /** Tensor data of what has to be stored for the task. */
  storedBytes: z.int(),
  /** The trained experts by layer; null where not single experts are trained. */
  experts: z.record(z.string(), z.array(z.int())).nullable(),
  /** Of held-out answers, nats per token. */
  loss: amount,
  /** The same during training. */
  curve: z.array(z.strictObject({ step: z.int(), loss: amount })),
  exact: amount,
  chrF: amount,
  samples: z.array(z.strictObject({ prompt: z.string(), answer: z.string(), output: z.string() })),
  /** Losses of held-out text of the base model's training, by name. */
  texts: z.record(z.string(), amount),
});

export type TuningResult = z.infer<typeof tuningSchema>;

/** A model folder, the data and how to stop. */
export interface TuneOptions {
  base: string;
  data: ComparisonData;
  signal: AbortSignal;
}

async function storedBytes({ store }: PreparedMethod): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "deepgrain-tuned-"));
  try {
    return await store(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Trains by a method. @returns the losses of the first quarter of the held-out pairs */
async function* tune(
  model: CausalLM,
  { rate: peak }: Method,
  { settings, seed }: MethodInput,
  taskData: TaskData,
  { data, signal }: TuneOptions,
): AsyncGenerator<RunEvent, TuningResult["curve"], void> {
  const { validation } = taskData;
  const { tuneSteps: steps, curvePoints } = settings;
  const batches = validation.slice(0, Math.ceil(validation.length / 4));
  const start = { step: 0, loss: (await evaluate(model, batches, { signal })).loss };
  if (peak === 0) return [start];
  const everySteps = Math.max(1, Math.floor(steps / curvePoints));
  const curve = yield* trainSteps(model, tuningData(data, taskData, settings, seed), {
    ...{ steps, peak, warmup: 0.05, share: 0.8 },
    evaluation: { batches, everySteps },
    signal,
  });
  return [start, ...curve];
}

/**
 * Fine-tunes a base model on a task by a method, and measures it. All methods read the same batches at one seed.
 * @throws the signal's reason on abort
 */
export async function* tuneBase(
  method: Method,
  input: MethodInput,
  options: TuneOptions,
): AsyncGenerator<RunEvent, TuningResult, void> {
  const { base, data, signal } = options;
  const { settings, seed, task } = input;
  const taskData = data.tasks.find((one) => one.task.id === task)!;
  manualSeed(seed);
  const model = await loadModel(base, { signal });
  try {
    const prepared = method.prepare(model, input);
    const trained = [...model.namedParameters()].reduce((sum, [, { size }]) => sum + size, 0);
    const curve = yield* tune(model, method, input, taskData, options);
    const { loss } = await evaluate(model, taskData.validation, { signal });
    const answered = await answerQuestions(model, data, taskData, signal);
    const isTrained = method.rate > 0;
    return {
      rate: method.rate,
      trainedParameters: isTrained ? trained : 0,
      storedBytes: isTrained ? await storedBytes(prepared) : 0,
      experts: prepared.experts
        ? Object.fromEntries(Object.entries(prepared.experts).map(([l, list]) => [l, [...list]]))
        : null,
      loss,
      curve,
      ...answered,
      texts: await textLosses(model, data, settings, signal),
    };
  } finally {
    model.dispose();
  }
}
