import { type CausalLM, type LabelledBatch, loadModel } from "@deepgrain/lm";
import { type Backend, getBackend, manualSeed, optim, setBackend } from "@deepgrain/tensor-gpu";
import { trainStep } from "@deepgrain/trainer";
import { z } from "zod";
import { nextTurn } from "../../cli/next-turn";
import { prepareTuning } from "../../training/tuning-method";
import { tuningData } from "./comparison-data";
import { type Method, type MethodInput, mainMethods, timedMethods } from "./methods";
import type { TuneOptions } from "./tune-base";

/** Times and bytes of one method's steps. */
const costSchema = z.strictObject({
  method: z.string(),
  trainedParameters: z.int(),
  /** Median over the steps; the methods take turns. */
  millisecondsPerStep: z.number(),
  /** Of gradients after the backward pass. */
  gradientBytes: z.int(),
  optimizerBytes: z.int(),
  /** Most tensor memory in use at once, the model's weights included. */
  peakBytes: z.int(),
});

/** What the methods' steps cost on one base model. */
export const costsSchema = z.array(costSchema);

export type MethodCost = z.infer<typeof costSchema>;

/** A backend that remembers the most bytes in use at once. */
function measuredBackend(backend: Backend): Backend & { peak: { bytes: number } } {
  const peak = { bytes: 0 };
  let live = 0;
  return {
    ...backend,
    peak,
    allocate(byteLength) {
      live += byteLength;
      peak.bytes = Math.max(peak.bytes, live);
      return backend.allocate(byteLength);
    },
    free(handle, byteLength) {
      live -= byteLength;
      backend.free(handle, byteLength);
    },
  };
}

/** A model that a method trains step by step, as `train` does. */
interface Stepper {
  method: Method;
  model: CausalLM;
  optimizer: optim.AdamW;
  /** @param onGradients called before the weights change */
  step(batch: LabelledBatch, onGradients?: () => void): Promise<unknown>;
}

async function openStepper(
  method: Method,
  input: MethodInput,
  { base, signal }: TuneOptions,
): Promise<Stepper> {
  const model = await loadModel(base, { signal });
  prepareTuning(model, method.choose(input), input);
  model.train();
  const optimizer = new optim.AdamW(model.parameters(), { betas: [0.9, 0.95], weightDecay: 0.1 });
  const [loss, lr] = [(batch: LabelledBatch) => model.loss(batch), method.rate];
  const step: Stepper["step"] = (batch, onGradients = () => {}) =>
    trainStep(optimizer, () => batch, { loss, lr, onGradients });
  return { method, model, optimizer, step };
}

function close({ model, optimizer }: Stepper): void {
  optimizer.dispose();
  model.zeroGrad();
  model.dispose();
}

/** One step alone on a backend that counts: its gradients and the most memory in use. */
async function measureBytes(
  method: Method,
  input: MethodInput,
  batch: LabelledBatch,
  options: TuneOptions,
): Promise<Omit<MethodCost, "millisecondsPerStep">> {
  const backend = getBackend();
  const measured = measuredBackend(backend);
  setBackend(measured);
  try {
    const stepper = await openStepper(method, input, options);
    const { parameters } = stepper.optimizer;
    let gradientBytes = 0;
    await stepper.step(batch, () => {
      gradientBytes = parameters.reduce((sum, { grad }) => sum + 4 * (grad?.size ?? 0), 0);
    });
    const trainedParameters = parameters.reduce((sum, { size }) => sum + size, 0);
    const optimizerBytes = stepper.optimizer.stateBytes;
    close(stepper);
    const peakBytes = measured.peak.bytes;
    return { method: method.id, trainedParameters, gradientBytes, optimizerBytes, peakBytes };
  } finally {
    setBackend(backend);
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const { length } = sorted;
  return (sorted[(length - 1) >> 1]! + sorted[length >> 1]!) / 2;
}

/** Steps before the timed ones. */
const WARMUP = 2;

/**
 * Times the steps of FFT, LoRA and ESFT on one base model and counts their bytes. The methods take turns step by step, so
 * that all meet the same load of the machine; nothing else should run meanwhile.
 */
export async function measureCosts(
  input: MethodInput,
  options: TuneOptions,
): Promise<MethodCost[]> {
  const { settings, task, seed } = input;
  const { data, signal } = options;
  const taskData = data.tasks.find((one) => one.task.id === task)!;
  const { batch: batchAt } = tuningData(data, taskData, settings, seed);
  const methods = mainMethods(settings).filter(({ id }) => timedMethods.includes(id));
  manualSeed(seed);
  const bytes = [];
  for (const method of methods)
    bytes.push(await measureBytes(method, input, await batchAt(0), options));
  const steppers: Stepper[] = [];
  const times = methods.map((): number[] => []);
  try {
    for (const method of methods) steppers.push(await openStepper(method, input, options));
    for (let i = 0; i < WARMUP + settings.timedSteps; i++) {
      const batch = await batchAt(i);
      for (const [at, { step }] of steppers.entries()) {
        signal.throwIfAborted();
        const start = performance.now();
        await step(batch);
        if (i >= WARMUP) times[at]!.push(performance.now() - start);
        await nextTurn();
      }
    }
    return bytes.map((own, at) => ({ ...own, millisecondsPerStep: median(times[at]!) }));
  } finally {
    steppers.forEach(close);
  }
}
