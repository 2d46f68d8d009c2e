import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CausalLM, evaluate, loadModel, train } from "@deepgrain/lm";
import { manualSeed, optim } from "@deepgrain/tensor-gpu";
import { z } from "zod";
import { nextTurn } from "../../cli/next-turn";
import type { OnStep } from "./base-model";
import { type ComparisonData, type TaskData, tuningData } from "./comparison-data";
import { answerQuestions, textLosses } from "./measure-tuned";
import type { Method, MethodInput, PreparedMethod } from "./methods";
import { taskIds } from "./tasks";

const amount = z.number();

/** What one fine-tuning of one base model on one task by one method came to; the form of its file. */
export const tuningSchema = z.strictObject({
  seed: z.int(),
  task: z.enum(taskIds),
  method: z.string(),
  rate: amount,
  trainedParameters: z.int(),
  /** Tensor data of what has to be stored for the task. */
  storedBytes: z.int(),
  /** The trained experts by layer; null where not single experts are trained. */
  experts: z.record(z.string(), z.array(z.int())).nullable(),
  /** Of held-out answers, nats a token. */
  loss: amount,
  /** The same during training. */
  curve: z.array(z.strictObject({ step: z.int(), loss: amount })),
  exact: amount,
  chrF: amount,
  samples: z.array(z.strictObject({ prompt: z.string(), answer: z.string(), output: z.string() })),
  /** Losses of held-out text of the base model's training, by name. */
  texts: z.record(z.string(), amount),
  seconds: amount,
});

export type TuningResult = z.infer<typeof tuningSchema>;

/** A model folder, the data and how to stop. */
export interface TuneOptions {
  base: string;
  data: ComparisonData;
  signal: AbortSignal;
  onStep?: OnStep | undefined;
}

async function storedBytes({ store }: PreparedMethod): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "deepgrain-tuned-"));
  try {
    return await store(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function trainSteps(
  model: CausalLM,
  method: Method,
  { settings, seed }: MethodInput,
  taskData: TaskData,
  { data, signal, onStep }: TuneOptions,
): Promise<TuningResult["curve"]> {
  const { validation } = taskData;
  const { tuneSteps: steps, curvePoints } = settings;
  const glance = validation.slice(0, Math.ceil(validation.length / 4));
  const curve = [{ step: 0, loss: (await evaluate(model, glance, { signal })).loss }];
  const { rate: peak } = method;
  if (peak === 0) return curve;
  const warmup = Math.ceil(0.05 * steps);
  const events = train(model, tuningData(data, taskData, settings, seed), {
    steps,
    schedule: optim.cosineSchedule({ peak, warmup, total: steps, floor: peak / 10 }),
    evaluation: { batches: glance, everySteps: Math.max(1, Math.floor(steps / curvePoints)) },
    signal,
  });
  for await (const event of events) {
    if (event.type === "eval-end") curve.push({ step: event.step, loss: event.loss });
    if (event.type === "step-end") onStep?.(event.step, steps, event.loss);
    await nextTurn();
  }
  return curve;
}

/**
 * Fine-tunes a base model on a task by a method, and measures it. All methods read the same batches at one seed.
 * @throws the signal's reason on abort
 */
export async function tuneBase(
  method: Method,
  input: MethodInput,
  options: TuneOptions,
): Promise<TuningResult> {
  const { base, data, signal } = options;
  const { settings, seed, task } = input;
  const began = performance.now();
  const taskData = data.tasks.find((one) => one.task.id === task)!;
  manualSeed(seed);
  const model = await loadModel(base, { signal });
  try {
    const prepared = method.prepare(model, input);
    const trained = [...model.namedParameters()].reduce((sum, [, { size }]) => sum + size, 0);
    const curve = await trainSteps(model, method, input, taskData, options);
    const { loss } = await evaluate(model, taskData.validation, { signal });
    const answered = await answerQuestions(model, data, taskData, signal);
    const isTrained = method.rate > 0;
    return {
      seed,
      task,
      method: method.id,
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
      seconds: Number(((performance.now() - began) / 1000).toFixed(2)),
    };
  } finally {
    model.dispose();
  }
}
