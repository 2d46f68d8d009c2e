import { PrmError, textOf } from "../errors";

/** A worked solution of a problem with a known answer. */
export interface Solution {
  /** Unique in a run. */
  readonly id: string;
  readonly problem: string;
  /** The last one carries the answer. */
  readonly steps: readonly string[];
  /** The right answer, bare or as a reference solution. */
  readonly gold: string;
}

/** The lines of a text that are not blank, one step each. */
export const splitSteps = (text: string, separator: string | RegExp = "\n"): string[] => {
  textOf("splitSteps", "text", text);
  return text
    .split(separator)
    .map((step) => step.trim())
    .filter((step) => step !== "");
};

const reject = (problem: string, id: unknown, fields: Record<string, unknown> = {}) =>
  new PrmError("ERR_FORMAT", `solution ${JSON.stringify(id) ?? "without id"}: ${problem}`, {
    fields: { id, ...fields },
  });

/**
 * Checks that a value is a solution with steps.
 * @throws {PrmError} `ERR_FORMAT` that names what is missing
 */
export function checkSolution(value: unknown): Solution {
  const { id, problem, steps, gold } = (value ?? {}) as Partial<Solution>;
  if (typeof id !== "string" || id === "") throw reject("id must be text", id);
  if (typeof problem !== "string" || problem === "") throw reject("problem must be text", id);
  if (typeof gold !== "string" || gold === "") throw reject("gold must be text", id);
  if (!Array.isArray(steps) || steps.length === 0) throw reject("there are no steps", id);
  const empty = steps.findIndex((step) => typeof step !== "string" || step.trim() === "");
  if (empty >= 0) throw reject(`step ${empty + 1} is empty or no text`, id, { step: empty + 1 });
  return { id, problem, steps, gold };
}
