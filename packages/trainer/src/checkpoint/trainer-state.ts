import type { GeneratorState } from "@deepgrain/tensor-gpu";
import { fail } from "../errors";

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

/** A value as JSON, at most 80 characters of it. */
function shortText(value: unknown): string {
  try {
    return String(JSON.stringify(value)).slice(0, 80);
  } catch {
    return "a value nested too deep";
  }
}

/** @throws {TrainerError} `ERR_FORMAT` for a field of a state's file */
export const refuseState = (file: string, field: string, wanted: string, value: unknown): never =>
  fail(
    "ERR_FORMAT",
    value === undefined
      ? `trainer/checkpoint: ${file}: ${field} is missing: expected ${wanted}`
      : `trainer/checkpoint: ${file}: ${field} must be ${wanted}, got ${shortText(value)}`,
    { file, field, value },
  );

/**
 * Checks the content of a trainer_state.json.
 *
 * @param file path, for the message
 * @throws {TrainerError} `ERR_FORMAT` naming the field and what it must be
 */
export function parseTrainerState(value: unknown, file: string): TrainerState {
  const { step, generator, optimizerStep, parts } = Object(value);
  const { seed, offset } = Object(generator);
  const counts = { step, "generator.seed": seed, "generator.offset": offset, optimizerStep };
  for (const [field, count] of Object.entries(counts))
    if (!Number.isSafeInteger(count) || count < 0)
      refuseState(file, field, "a whole number of at least 0", count);
  const state = { step, generator: { seed, offset }, optimizerStep };
  if (parts === undefined) return state;
  const areNames = Array.isArray(parts) && parts.every((name) => typeof name === "string");
  return areNames ? { ...state, parts } : refuseState(file, "parts", "a list of names", parts);
}
