import { type Backend, type MemoryReport, memory } from "../../src";
import { type ModelName, trainingLosses } from "./training-losses";

/** Memory that is live after one step, and whatever else the caller counts (pages, textures). */
export interface MemoryAfterStep extends MemoryReport {
  counts: Record<string, number>;
}

/**
 * Trains a tiny model and reports its memory at intervals, from the first step whose optimiser and pools have settled.
 * Without leaks all reports are equal, the one before and the one after training too (`outside`).
 *
 * @param options.count what else to count after a step, such as textures or pages
 */
export async function memoryOverTraining(
  createBackend: () => Backend | Promise<Backend>,
  name: ModelName,
  {
    steps = 200,
    every = 36,
    count = () => ({}),
  }: { steps?: number; every?: number; count?: () => Record<string, number> } = {},
): Promise<{ inside: MemoryAfterStep[]; outside: [MemoryReport, MemoryReport] }> {
  const before = memory();
  const inside: MemoryAfterStep[] = [];
  const afterStep = (step: number) => {
    if ((steps - 1 - step) % every === 0 && step > 2) inside.push({ ...memory(), counts: count() });
  };
  await trainingLosses(createBackend, name, { steps, afterStep });
  return { inside, outside: [before, memory()] };
}
