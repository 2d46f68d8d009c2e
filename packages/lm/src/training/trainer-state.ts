import type { GeneratorState } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";

/** Where a run stands besides weights and moments. */
export interface TrainerState {
  /** Optimiser steps done, which is also the position in the data. */
  step: number;
  generator: GeneratorState;
  optimizerStep: number;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Checks the content of a trainer_state.json.
 *
 * @param file path, for the message
 * @throws {LmError} `ERR_FORMAT` naming the field that is no whole number of at least 0
 */
export function parseTrainerState(value: unknown, file: string): TrainerState {
  const count = (parent: unknown, key: string, path = key): number => {
    const found = isObject(parent) ? parent[key] : undefined;
    if (Number.isSafeInteger(found) && (found as number) >= 0) return found as number;
    const message = `lm/checkpoint: ${file}: ${path} must be a whole number of at least 0, got ${JSON.stringify(found)}`;
    throw new LmError("ERR_FORMAT", message, { file, field: path, value: found });
  };
  const generator = isObject(value) ? value.generator : undefined;
  return {
    step: count(value, "step"),
    generator: {
      seed: count(generator, "seed", "generator.seed"),
      offset: count(generator, "offset", "generator.offset"),
    },
    optimizerStep: count(value, "optimizerStep"),
  };
}
