import { takeTurn } from "@deepgrain/support";
import { measurePeakBytes, optim } from "@deepgrain/tensor-gpu";
import { trainStep } from "@deepgrain/trainer";
import { functionOf, listOf, optionsOf, refuseUnknown } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import type { LabelledBatch } from "../model/token-batch";

/** A way to train whose steps are measured. */
export interface CostedMethod {
  id: string;
  /** Learning rate. */
  rate: number;
  /** A model of which only what the method trains requires gradients; it is disposed afterwards. */
  open(): Promise<CausalLM>;
}

/** Times and bytes of one method's steps. */
export interface StepCost {
  /** The method's `id`. */
  method: string;
  trainedParameters: number;
  /** Median over the steps; the methods take turns. */
  millisecondsPerStep: number;
  /** Of gradients after the backward pass. */
  gradientBytes: number;
  optimizerBytes: number;
  /** Most tensor memory in use at once, the model's weights included. */
  peakBytes: number;
}

/** A model that a method trains step by step, as `train` does; `onGradients` is called before the weights change. */
async function openStepper({ open, rate: lr }: CostedMethod) {
  const model = await open();
  model.train();
  const optimizer = new optim.AdamW(model.parameters(), { betas: [0.9, 0.95], weightDecay: 0.1 });
  const loss = (batch: LabelledBatch) => model.loss(batch);
  const step = (batch: LabelledBatch, onGradients = () => {}) =>
    trainStep(optimizer, () => batch, { loss, lr, onGradients });
  const close = () => {
    optimizer.dispose();
    model.zeroGrad();
    model.dispose();
  };
  return { optimizer, step, close };
}

/** One step alone: its gradients and the most memory in use. */
async function measureBytes(method: CostedMethod, batch: LabelledBatch) {
  const { result, peakBytes } = await measurePeakBytes(async () => {
    const { optimizer, step, close } = await openStepper(method);
    const { parameters } = optimizer;
    let gradientBytes = 0;
    await step(batch, () => {
      gradientBytes = parameters.reduce((sum, { grad }) => sum + 4 * (grad?.size ?? 0), 0);
    });
    const trainedParameters = parameters.reduce((sum, { size }) => sum + size, 0);
    const optimizerBytes = optimizer.stateBytes;
    close();
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
 *
 * @param batchAt the batch of a step, the same for all methods
 * @param options.timedSteps steps of each method that are timed, after two that are not
 * @returns one row per method, in their order
 */
export async function stepCosts(
  methods: readonly CostedMethod[],
  batchAt: (position: number) => LabelledBatch | Promise<LabelledBatch>,
  options: { timedSteps: number; signal?: AbortSignal | undefined },
): Promise<StepCost[]> {
  const { timedSteps, signal, ...rest } = optionsOf("stepCosts", options);
  refuseUnknown("stepCosts", rest);
  listOf("stepCosts", "methods", methods);
  functionOf("stepCosts", "batchAt", batchAt);
  const bytes = [];
  for (const method of methods) bytes.push(await measureBytes(method, await batchAt(0)));
  const steppers: Awaited<ReturnType<typeof openStepper>>[] = [];
  const times = methods.map((): number[] => []);
  try {
    for (const method of methods) steppers.push(await openStepper(method));
    for (let i = 0; i < WARMUP + timedSteps; i++) {
      const batch = await batchAt(i);
      for (const [at, { step }] of steppers.entries()) {
        signal?.throwIfAborted();
        const start = performance.now();
        await step(batch);
        if (i >= WARMUP) times[at]!.push(performance.now() - start);
        await takeTurn();
      }
    }
    return bytes.map((own, at) => ({ ...own, millisecondsPerStep: median(times[at]!) }));
  } finally {
    for (const { close } of steppers) close();
  }
}
