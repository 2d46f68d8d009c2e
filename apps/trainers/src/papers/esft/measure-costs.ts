import { type CausalLM, type LabelledBatch, loadModel } from "@deepgrain/lm";
import { type Backend, getBackend, manualSeed, optim, setBackend } from "@deepgrain/tensor-gpu";
import { trainStep } from "@deepgrain/trainer";
import { z } from "zod";
import { nextTurn } from "../../cli/next-turn";
import { type ComparisonData, tuningData } from "./comparison-data";
import { type Method, type MethodInput, mainMethods, timedMethods } from "./methods";

const amount = z.number();

/** Times and bytes of one method's steps. */
const costSchema = z.strictObject({
  method: z.string(),
  trainedParameters: z.int(),
  /** Median over the steps; the methods take turns. */
  millisecondsPerStep: amount,
  /** Of gradients after the backward pass. */
  gradientBytes: z.int(),
  optimizerBytes: z.int(),
  /** Most tensor memory in use at once, the model's weights included. */
  peakBytes: z.int(),
});

/** What the methods' steps cost on one base model. */
export const costsSchema = z.array(costSchema);

export type MethodCost = z.infer<typeof costSchema>;

/** A back end that remembers the most bytes in use at once. */
function measuredBackend(backend: Backend): Backend & { peak: { bytes: number; live: number } } {
  const peak = { bytes: 0, live: 0 };
  return {
    ...backend,
    peak,
    allocate(byteLength) {
      peak.live += byteLength;
      peak.bytes = Math.max(peak.bytes, peak.live);
      return backend.allocate(byteLength);
    },
    free(handle, byteLength) {
      peak.live -= byteLength;
      backend.free(handle, byteLength);
    },
  };
}

interface Trainer {
  method: Method;
  model: CausalLM;
  optimizer: optim.AdamW;
  times: number[];
}

/** One step as `train` makes it. @returns bytes of the gradients */
async function step({ model, optimizer, method }: Trainer, batch: LabelledBatch): Promise<number> {
  let bytes = 0;
  await trainStep(optimizer, () => batch, {
    loss: (labelled) => model.loss(labelled),
    lr: method.rate,
    onGradients() {
      bytes = optimizer.parameters.reduce((sum, { grad }) => sum + 4 * (grad?.size ?? 0), 0);
    },
  });
  return bytes;
}

async function openTrainer(
  method: Method,
  input: MethodInput,
  base: string,
  signal: AbortSignal,
): Promise<Trainer> {
  const model = await loadModel(base, { signal });
  method.prepare(model, input);
  model.train();
  const optimizer = new optim.AdamW(
    [...model.namedParameters()].map(([, parameter]) => parameter),
    { betas: [0.9, 0.95], weightDecay: 0.1 },
  );
  return { method, model, optimizer, times: [] };
}

function close({ model, optimizer }: Trainer): void {
  optimizer.dispose();
  model.zeroGrad();
  model.dispose();
}

/** One trainer alone on a back end that counts: a step's gradients and the most memory in use. */
async function measureBytes(
  method: Method,
  input: MethodInput,
  { base, batch, signal }: { base: string; batch: LabelledBatch; signal: AbortSignal },
): Promise<Omit<MethodCost, "millisecondsPerStep">> {
  const backend = getBackend();
  const measured = measuredBackend(backend);
  setBackend(measured);
  try {
    const trainer = await openTrainer(method, input, base, signal);
    const gradientBytes = await step(trainer, batch);
    const { optimizer } = trainer;
    const trainedParameters = optimizer.parameters.reduce((sum, { size }) => sum + size, 0);
    const optimizerBytes = optimizer.stateBytes;
    close(trainer);
    return {
      method: method.id,
      trainedParameters,
      gradientBytes,
      optimizerBytes,
      peakBytes: measured.peak.bytes,
    };
  } finally {
    setBackend(backend);
  }
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Steps before the timed ones. */
const WARMUP = 2;

/**
 * Times the steps of FFT, LoRA and ESFT on one base model and counts their bytes. The methods take turns step by step, so
 * that all meet the same load of the machine; nothing else should run meanwhile.
 */
export async function measureCosts(
  input: MethodInput,
  { base, data, signal }: { base: string; data: ComparisonData; signal: AbortSignal },
): Promise<MethodCost[]> {
  const { settings, task, seed } = input;
  const taskData = data.tasks.find((one) => one.task.id === task)!;
  const batches = tuningData(data, taskData, settings, seed);
  const methods = mainMethods(settings).filter(({ id }) => timedMethods.includes(id));
  manualSeed(seed);
  const bytes = new Map<string, Omit<MethodCost, "millisecondsPerStep">>();
  for (const method of methods)
    bytes.set(
      method.id,
      await measureBytes(method, input, { base, batch: await batches.batch(0), signal }),
    );
  const trainers: Trainer[] = [];
  try {
    for (const method of methods) trainers.push(await openTrainer(method, input, base, signal));
    for (let i = 0; i < WARMUP + settings.timedSteps; i++) {
      const batch = await batches.batch(i);
      for (const trainer of trainers) {
        signal.throwIfAborted();
        const start = performance.now();
        await step(trainer, batch);
        if (i >= WARMUP) trainer.times.push(performance.now() - start);
        await nextTurn();
      }
    }
    return trainers.map(({ method, times }) => ({
      ...bytes.get(method.id)!,
      millisecondsPerStep: median(times),
    }));
  } finally {
    trainers.forEach(close);
  }
}
