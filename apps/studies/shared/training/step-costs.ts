import type { CausalLM, LabelledBatch } from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";
import { measurePeakBytes, optim } from "@deepgrain/tensor-gpu";
import { trainStep } from "@deepgrain/trainer";
import { z } from "zod";

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

/** A way to train whose steps are measured. */
export interface CostedMethod {
  id: string;
  rate: number;
  /** A model of which only that is trained. */
  open(): Promise<CausalLM>;
}

/** A model that a method trains step by step, as `train` does; `onGradients` is called before the weights change. */
async function openStepper({ open, rate: lr }: CostedMethod) {
  const model = await open();
  model.train();
  const optimizer = new optim.AdamW(model.parameters(), { betas: [0.9, 0.95], weightDecay: 0.1 });
  const loss = (batch: LabelledBatch) => model.loss(batch);
  const step = (batch: LabelledBatch, onGradients = () => {}) =>
    trainStep(optimizer, () => batch, { loss, lr, onGradients });
  return { model, optimizer, step };
}

type Stepper = Awaited<ReturnType<typeof openStepper>>;

function close({ model, optimizer }: Stepper): void {
  optimizer.dispose();
  model.zeroGrad();
  model.dispose();
}

/** One step alone: its gradients and the most memory in use. */
async function measureBytes(method: CostedMethod, batch: LabelledBatch) {
  const { result, peakBytes } = await measurePeakBytes(async () => {
    const stepper = await openStepper(method);
    const { parameters } = stepper.optimizer;
    let gradientBytes = 0;
    await stepper.step(batch, () => {
      gradientBytes = parameters.reduce((sum, { grad }) => sum + 4 * (grad?.size ?? 0), 0);
    });
    const trainedParameters = parameters.reduce((sum, { size }) => sum + size, 0);
    const optimizerBytes = stepper.optimizer.stateBytes;
    close(stepper);
    return { method: method.id, trainedParameters, gradientBytes, optimizerBytes };
  });
  return { ...result, peakBytes };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const { length } = sorted;
  return (sorted[(length - 1) >> 1]! + sorted[length >> 1]!) / 2;
}

/** Steps before the timed ones. */
const WARMUP = 2;

/**
 * Times the steps of several ways to train and counts their bytes. They take turns step by step, so that all meet the same
 * load of the machine; nothing else should run meanwhile.
 */
export async function stepCosts(
  methods: readonly CostedMethod[],
  batchAt: (position: number) => LabelledBatch | Promise<LabelledBatch>,
  { timedSteps, signal }: { timedSteps: number; signal: AbortSignal },
): Promise<MethodCost[]> {
  const bytes = [];
  for (const method of methods) bytes.push(await measureBytes(method, await batchAt(0)));
  const steppers: Stepper[] = [];
  const times = methods.map((): number[] => []);
  try {
    for (const method of methods) steppers.push(await openStepper(method));
    for (let i = 0; i < WARMUP + timedSteps; i++) {
      const batch = await batchAt(i);
      for (const [at, { step }] of steppers.entries()) {
        signal.throwIfAborted();
        const start = performance.now();
        await step(batch);
        if (i >= WARMUP) times[at]!.push(performance.now() - start);
        await takeTurn();
      }
    }
    return bytes.map((own, at) => ({ ...own, millisecondsPerStep: median(times[at]!) }));
  } finally {
    steppers.forEach(close);
  }
}
