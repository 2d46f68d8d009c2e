import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "@deepgrain/lab";
import { evaluate, loadModel } from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { z } from "zod";
import { languageModel, runProgress, runTraining } from "../../training/run-training";
import { type PreparedModel, prepareTuning } from "../../training/tuning-method";
import { type ComparisonData, tuningData } from "./comparison-data";
import { answerQuestions, textLosses } from "./measure-tuned";
import type { Method, MethodInput } from "./methods";

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
  /** The same of the first quarter of them during training. */
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

async function storedBytes({ store }: PreparedModel): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "deepgrain-tuned-"));
  try {
    return (await store(folder)).dataBytes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Fine-tunes a base model on a task by a method, and measures it. All methods read the same batches at one seed.
 * @throws the signal's reason on abort
 */
export async function* tuneBase(
  { rate, choose }: Method,
  input: MethodInput,
  { base, data, signal }: TuneOptions,
): AsyncGenerator<RunEvent, TuningResult, void> {
  const { settings, seed } = input;
  const taskData = data.tasks.find(({ task }) => task.id === input.task)!;
  const { validation } = taskData;
  const steps = rate === 0 ? 0 : settings.tuneSteps;
  manualSeed(seed);
  const model = await loadModel(base, { signal });
  try {
    const method = choose(input);
    const prepared = prepareTuning(model, method, { seed });
    const trained = model.parameters().reduce((sum, { size }) => sum + size, 0);
    const curve = yield* runTraining({
      model: languageModel(model),
      data: {
        training: tuningData(data, taskData, settings, seed),
        heldOut: validation.slice(0, Math.ceil(validation.length / 4)),
      },
      recipe: {
        ...{ steps, peakRate: rate, warmupSteps: Math.ceil(0.05 * steps), measuresStart: true },
        evaluateEvery: Math.max(1, Math.floor(settings.tuneSteps / settings.curvePoints)),
      },
      report: runProgress(0.8),
      signal,
    });
    const { loss } = await evaluate(model, validation, { signal });
    const answered = await answerQuestions(model, data, taskData, signal);
    return {
      rate,
      trainedParameters: steps > 0 ? trained : 0,
      storedBytes: steps > 0 ? await storedBytes(prepared) : 0,
      experts:
        method.kind === "experts"
          ? Object.fromEntries([...method.config.experts].map(([l, list]) => [l, [...list]]))
          : null,
      ...{ loss, curve, ...answered },
      texts: await textLosses(model, data, settings, signal),
    };
  } finally {
    model.dispose();
  }
}
