import type { GeneratorState } from "@deepgrain/tensor-gpu";
import { TrainerError } from "../errors";

/** Where a run stands besides weights and the optimiser's arrays. */
export interface TrainerState {
  /** Optimiser steps done, which is also the position in the data. */
  step: number;
  /** Of the engine's default generator. */
  generator: GeneratorState;
  optimizerStep: number;
  /** Names of the registered parts; absent without any. */
  parts?: string[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value as JSON, at most 80 characters of it. */
function shortText(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? "nothing").slice(0, 80);
  } catch {
    return "a value nested too deep";
  }
}

/**
 * Checks the content of a trainer_state.json.
 *
 * @param file path, for the message
 * @throws {TrainerError} `ERR_FORMAT` naming the field and what it must be
 */
export function parseTrainerState(value: unknown, file: string): TrainerState {
  const fail = (field: string, wanted: string, found: unknown) =>
    new TrainerError(
      "ERR_FORMAT",
      `trainer/checkpoint: ${file}: ${field} must be ${wanted}, got ${shortText(found)}`,
      { fields: { file, field, value: found } },
    );
  const count = (parent: unknown, key: string, path = key): number => {
    const found = isObject(parent) ? parent[key] : undefined;
    if (Number.isSafeInteger(found) && (found as number) >= 0) return found as number;
    throw fail(path, "a whole number of at least 0", found);
  };
  const { generator, parts } = isObject(value) ? value : {};
  if (parts !== undefined && !(Array.isArray(parts) && parts.every((p) => typeof p === "string")))
    throw fail("parts", "a list of names", parts);
  return {
    step: count(value, "step"),
    generator: {
      seed: count(generator, "seed", "generator.seed"),
      offset: count(generator, "offset", "generator.offset"),
    },
    optimizerStep: count(value, "optimizerStep"),
    ...(parts !== undefined && { parts: parts as string[] }),
  };
}
