import { evaluatePredictions, prepareTuning } from "@deepgrain/esft";
import type { RunEvent } from "@deepgrain/lab";
import {
  answerPrompts,
  type CausalLM,
  evaluate,
  keepBest,
  loadModel,
  type StepCost,
  stepCosts,
} from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";
import { copy_, manualSeed, noGrad, type Tensor, zeros } from "@deepgrain/tensor-gpu";
import { z } from "zod";
import { languageModel, runProgress, runTraining } from "../shared/training/run-training";
import { encodePrompt, heldOutBatches, type TaskData, tuningData } from "./comparison-data";
import { type Method, mainMethods, type TuningRun, timedMethods, tuningOf } from "./methods";

const amount = z.number();

/** The result of fine-tuning one base model on one task by one method. */
export const tuningSchema = z.strictObject({
  rate: amount,
  trainedParameters: z.int(),
  /** Tensor data of what has to be stored for the task. */
  storedBytes: z.int(),
  /** The trained experts by layer; null where not single experts are trained. */
  experts: z.record(z.string(), z.array(z.int())).nullable(),
  /** Of held-out answers, nats per token. */
  loss: amount,
  /** Pairs of the task that are longer than a sequence and left out, of how many; absent in older records. */
  tooLong: z.strictObject({ pairs: z.int(), of: z.int() }).optional(),
  /** The same of the pairs by which the best step is chosen, during training. */
  curve: z.array(z.strictObject({ step: z.int(), loss: amount })),
  exact: amount,
  chrF: amount,
  samples: z.array(z.strictObject({ prompt: z.string(), answer: z.string(), output: z.string() })),
  /** Losses of held-out general text, by name. */
  texts: z.record(z.string(), amount),
});

export type TuningResult = z.infer<typeof tuningSchema>;

/** A copy of a model's trained weights, which `store` overwrites and `restore` gives back. */
function weightsStore(model: CausalLM) {
  const trained = model.parameters();
  const kept: Tensor[] = [];
  const copy = (to: readonly Tensor[], from: readonly Tensor[]) =>
    noGrad(() => {
      for (const [i, x] of from.entries()) copy_(to[i]!, x);
    });
  return {
    store() {
      if (kept.length === 0) kept.push(...trained.map(({ shape }) => zeros(shape)));
      copy(kept, trained);
    },
    restore: () => copy(trained.slice(0, kept.length), kept),
    dispose() {
      for (const x of kept) x.dispose();
    },
  };
}

/** Answers that the result keeps. */
const SAMPLES = 3;

/** Lets a model answer held-out questions by greedy decoding: exact match, chrF from 0 to 1, a few answers. */
async function answer(model: CausalLM, { questions, task }: TaskData, { data, signal }: TuningRun) {
  const prompts = questions.map(({ prompt }) => encodePrompt(prompt, data.tokenizer));
  const options = { maxNewTokens: task.longestAnswer, signal };
  const outputs = await answerPrompts(model, data.tokenizer, prompts, options);
  const wanted = questions.map((pair) => [pair.answer]);
  return {
    exact: evaluatePredictions(outputs, wanted, "exact").mean,
    chrF: evaluatePredictions(outputs, wanted, "chrf").mean,
    samples: questions.slice(0, SAMPLES).map((pair, i) => ({ ...pair, output: outputs[i]! })),
  };
}

/** Losses of held-out general text by its name, in nats per token. */
async function textLosses(model: CausalLM, { data, settings, signal }: TuningRun) {
  const losses: Record<string, number> = {};
  for (const corpus of data.corpora.filter(({ task }) => task === null)) {
    const batches = heldOutBatches(corpus, settings);
    if (batches.length === 0) continue;
    losses[corpus.name] = (await evaluate(model, batches, { signal })).loss;
    await takeTurn();
  }
  return losses;
}

/**
 * Fine-tunes a base model on a task by a method, and measures it at its best step. All methods read the same batches at one seed.
 * @throws the signal's reason on abort
 */
export async function* tuneBase(
  method: Method,
  run: TuningRun,
): AsyncGenerator<RunEvent, TuningResult, void> {
  const { settings, seed, data, files, signal } = run;
  const { rate: lr } = method;
  const taskData = data.tasks.find(({ task }) => task.id === run.task)!;
  const { choosing, validation } = taskData;
  const steps = lr === 0 ? 0 : settings.tuneSteps;
  manualSeed(seed);
  const model = await loadModel(files.base, { signal });
  let best: ReturnType<typeof weightsStore> | undefined;
  try {
    const tuning = tuningOf(method, run);
    prepareTuning(model, tuning, { seed });
    const trained = model.parameters().reduce((sum, { size }) => sum + size, 0);
    best = weightsStore(model);
    const follow = runProgress(0.8);
    const curve = yield* runTraining({
      model: languageModel(model),
      data: { training: tuningData(data, taskData, settings, seed), heldOut: choosing },
      recipe: {
        steps,
        lr,
        warmup: Math.ceil(0.05 * steps),
        measuresStart: true,
        evaluateEvery: Math.max(1, Math.floor(settings.tuneSteps / settings.curvePoints)),
      },
      report: (events) => follow(keepBest(events, { save: best!.store })),
      signal,
    });
    best.restore();
    const { loss } = await evaluate(model, validation, { signal });
    const answered = await answer(model, taskData, run);
    const chosen = tuning.kind === "experts" ? [...tuning.config.experts] : null;
    return {
      rate: lr,
      trainedParameters: steps > 0 ? trained : 0,
      storedBytes: steps > 0 ? 4 * trained : 0, // an adapter or a model file holds them in float32
      experts: chosen && Object.fromEntries(chosen.map(([layer, list]) => [layer, [...list]])),
      loss,
      tooLong: taskData.tooLong,
      curve,
      ...answered,
      texts: await textLosses(model, run),
    };
  } finally {
    best?.dispose();
    model.dispose();
  }
}

/** Times the steps of FFT, LoRA and ESFT on one base model and counts their bytes. */
export async function measureCosts(run: TuningRun): Promise<StepCost[]> {
  const { settings, task, seed, data, files, signal } = run;
  const taskData = data.tasks.find((one) => one.task.id === task)!;
  const { batch } = tuningData(data, taskData, settings, seed);
  manualSeed(seed);
  const methods = mainMethods(settings)
    .filter(({ id }) => timedMethods.includes(id))
    .map((method) => ({
      ...method,
      async open() {
        const model = await loadModel(files.base, { signal });
        prepareTuning(model, tuningOf(method, run), { seed });
        return model;
      },
    }));
  return stepCosts(methods, batch, { timedSteps: settings.timedSteps, signal });
}
