import { availableParallelism, cpus } from "node:os";
import { setImmediate } from "node:timers/promises";
import {
  type Backend,
  Generator,
  getBackend,
  measurePeak,
  setBackend,
} from "@deepgrain/tensor-gpu";
import { measureSteps, type Workload } from "../workloads";
import type { BackendName } from "./backend-names";
import type { BenchResult, Column, StepRate } from "./bench-result";
import type { BenchSizes } from "./bench-sizes";
import { type FoundBackend, findBackends } from "./find-backends";
import { measureGemm } from "./measure-gemm";
import { measureScaling } from "./measure-scaling";

/** The measurements to take, and the time of each. */
export interface BenchPlan {
  backends: readonly BackendName[];
  /** Whether the user named the backends, so that a software renderer is measured too. */
  isAskedFor: boolean;
  /** Numbers of threads: of one, backends are measured with one thread and with it; of several, their scaling is. */
  threads: readonly number[];
  seconds: number;
  sizes: BenchSizes;
}

/** Who follows the measurements. */
interface Follower {
  signal: AbortSignal;
  /** @param done share of the columns, 0 to 1 */
  onMeasure(done: number, what: string): void;
}

/** The rate that plain loops make is too low for the large shapes. */
const MOST_FLOPS_JS = 2 * 128 ** 3;

const machine = () => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
  node: process.version,
});

/** Whether numbers of threads are compared. */
const isScaling = ({ threads }: Pick<BenchPlan, "threads">): boolean => threads.length > 1;

function columnsOf({ name, isThreaded, isAvailable }: FoundBackend, plan: BenchPlan): Column[] {
  if (!isAvailable) return [];
  const counts = !isThreaded ? [1] : isScaling(plan) ? plan.threads : [1, ...plan.threads];
  return [...new Set(counts)].map((threads) => ({ backend: name, threads }));
}

async function ready(backend: Backend): Promise<void> {
  if ("threadsReady" in backend) await (backend.threadsReady as () => Promise<number>)();
}

async function measureModel(
  model: string,
  workload: Workload,
  seconds: number,
  pause: () => Promise<void>,
): Promise<Omit<StepRate, keyof Column>> {
  const { medianMs } = await measureSteps(workload, { seconds, pause, warmup: 1, least: 2 });
  const { unit, unitsPerStep } = workload;
  return { model, unit, unitsPerStep, medianMs, stepsPerSecond: 1000 / medianMs };
}

/** Everything of one backend with one number of threads. */
async function measureColumn(
  column: Column,
  plan: BenchPlan,
  result: BenchResult,
  pause: (what: string) => Promise<void>,
): Promise<void> {
  const { seconds, sizes } = plan;
  if (isScaling(plan)) {
    const rates = await measureScaling(sizes.scaling, seconds, pause);
    result.scaling.push(...rates.map((rate) => ({ ...rate, ...column })));
    return;
  }
  const limit = column.backend === "js" ? MOST_FLOPS_JS : Number.POSITIVE_INFINITY;
  for (const shape of sizes.gemm) {
    if (2 * shape[0] * shape[1] * shape[2] > limit) continue;
    await pause(`${shape.join("×")} product`);
    result.gemm.push(...measureGemm(shape, seconds / 5).map((rate) => ({ ...column, ...rate })));
  }
  for (const [model, create] of Object.entries(sizes.models)) {
    await pause(model);
    const wait = () => pause(model);
    const rate = await measureModel(model, create(new Generator(1)), seconds, wait);
    result.steps.push({ ...column, ...rate });
  }
}

async function measurePeaks({ backends, threads, seconds }: BenchPlan) {
  if (backends.every((name) => name === "js" || name === "gpu")) return [];
  const peaks: BenchResult["peaks"] = [];
  for (const count of new Set([1, ...threads]))
    peaks.push({
      threads: count,
      gflops: await measurePeak({ threads: count, milliseconds: 400 * seconds }),
    });
  return peaks;
}

/**
 * Measures every backend that was asked for and exists here, one after the other.
 * @throws the signal's reason on abort; the backend in use before is in use again then too
 */
export async function runBench(
  plan: BenchPlan,
  { onMeasure, signal }: Follower,
): Promise<BenchResult> {
  const before = getBackend();
  const found = await findBackends(plan.backends, plan.isAskedFor);
  const backends = found.map(({ name, isAvailable, detail }) => ({ name, isAvailable, detail }));
  const peaks = await measurePeaks(plan);
  const result: BenchResult = {
    machine: machine(),
    backends,
    peaks,
    gemm: [],
    steps: [],
    scaling: [],
  };
  const columns = found.flatMap((backend) => columnsOf(backend, plan));
  for (const [i, column] of columns.entries()) {
    const { create } = found.find(({ name }) => name === column.backend)!;
    const backend = await create(column.threads);
    const { backend: name, threads } = column;
    try {
      await ready(setBackend(backend));
      await measureColumn(column, plan, result, async (what) => {
        const where = `${name}, ${threads} thread${threads > 1 ? "s" : ""}`;
        onMeasure(i / columns.length, `${where}: ${what}`);
        await setImmediate();
        signal.throwIfAborted();
      });
    } finally {
      setBackend(before);
      await backend.dispose();
    }
  }
  return result;
}
