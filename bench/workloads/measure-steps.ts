import { memory, recordStep, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import type { Workload } from "./workload";

/** Times of a training's steps, in milliseconds. */
export interface StepTimes {
  medianMs: number;
  bestMs: number;
  /** Medians of the parts of a step, NaN for steps too short to be timed singly. */
  forwardMs: number;
  backwardMs: number;
  optimizerMs: number;
  steps: number;
  /** The last loss; NaN where there is none. */
  loss: number;
  /** By how much the backend's memory in use has grown. */
  grownBytes: number;
}

interface MeasureOptions {
  /** How long to measure, by the clock. */
  seconds: number;
  /** Milliseconds of some clock. Default: the wall's. */
  clock?: () => number;
  /** Steps before the measurement, for at least a fifth of `seconds`. Default 3. */
  warmup?: number;
  /** Steps to measure at least. Default 3. */
  least?: number;
  /** Whether forward and backward pass are recorded once and replayed, see `recordStep`. Default false. */
  isReplayed?: boolean;
  /** Awaited between measurements; what it throws ends them. */
  pause?: () => Promise<void>;
}

/** Clock readings take a while themselves: steps that are shorter than this are timed several at once. */
const SHORT_MS = 4;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function forget(parameters: readonly Tensor[]): void {
  for (const parameter of parameters) {
    parameter.grad?.dispose();
    parameter.grad = null;
  }
}

const lossOf = (output: Tensor): number => (output.size === 1 ? output.itemSync() : Number.NaN);

/** One training step. `mark` is called after each of its parts; returns the loss. */
type Step = (mark: (part: number) => void) => number;

/** Forward, loss, backward, optimiser. */
function liveStep({ forward, optimizer, outputGradient, parameters }: Workload): Step {
  return (mark) =>
    tidy(() => {
      const output = forward();
      const loss = lossOf(output);
      mark(0);
      output.backward(outputGradient ? { gradient: outputGradient } : {});
      mark(1);
      optimizer?.step();
      forget(parameters);
      mark(2);
      return loss;
    });
}

/** The same with both passes replayed, which count as forward. */
function replayedStep({ forward, optimizer, outputGradient }: Workload): Step {
  const { replay, result } = recordStep(() => {
    const output = forward();
    output.backward(outputGradient ? { gradient: outputGradient } : {});
    return output;
  });
  return (mark) => {
    replay();
    const loss = lossOf(result);
    mark(0);
    mark(1);
    optimizer?.step();
    mark(2);
    return loss;
  };
}

/** One training step: forward, loss, backward, optimiser. */
export function takeStep(workload: Workload): void {
  liveStep(workload)(() => {});
}

/** One training step that reads nothing, for backends that queue their work. Returns the loss, which the caller disposes. */
export function queueStep({ forward, optimizer, outputGradient, parameters }: Workload): Tensor {
  return tidy(() => {
    const output = forward();
    output.backward(outputGradient ? { gradient: outputGradient } : {});
    optimizer?.step();
    forget(parameters);
    return output.detach();
  });
}

/** Trains for a while and times the steps. */
export async function measureSteps(
  workload: Workload,
  options: MeasureOptions,
): Promise<StepTimes> {
  const { seconds, clock = () => performance.now(), warmup = 3, least = 3, pause } = options;
  const step = options.isReplayed ? replayedStep(workload) : liveStep(workload);
  const nothing = () => {};
  // Young code runs slowly: small models warm up for longer.
  const warm = clock() + seconds * 200;
  for (let i = 0; i < warmup || clock() < warm; i++) {
    step(nothing);
    await pause?.();
  }
  const first = clock();
  let loss = step(nothing);
  const once = Math.ceil(Math.max(1, SHORT_MS / Math.max(1e-3, clock() - first)));
  const before = memory().bytes;
  const [times, parts] = [[] as number[], [[], [], []] as [number[], number[], number[]]];
  const until = clock() + seconds * 1000;
  while (clock() < until || times.length < least) {
    const start = clock();
    let last = start;
    const mark = (part: number) => {
      parts[part]!.push(clock() - last);
      last = clock();
    };
    for (let i = 0; i < once; i++) loss = step(once === 1 ? mark : nothing);
    times.push((clock() - start) / once);
    await pause?.();
  }
  return {
    medianMs: median(times),
    bestMs: Math.min(...times),
    forwardMs: median(parts[0]),
    backwardMs: median(parts[1]),
    optimizerMs: median(parts[2]),
    steps: times.length * once,
    loss,
    grownBytes: memory().bytes - before,
  };
}
