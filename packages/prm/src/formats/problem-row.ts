import { PrmError } from "../errors";
import { splitSteps } from "../solutions/solution";

/** A problem, with its right answer where that is known. */
export interface ProblemRow {
  readonly id?: string | undefined;
  readonly problem: string;
  readonly answer?: string | undefined;
}

const isText = (value: unknown) => typeof value === "string" && value !== "";

/** Checks that a value is a problem to answer. @throws {PrmError} `ERR_FORMAT` that names what is wrong */
export function parseProblem(json: unknown): ProblemRow {
  const { id, problem, answer } = (json ?? {}) as Partial<ProblemRow>;
  if (!isText(problem)) throw new PrmError("ERR_FORMAT", "parseProblem: problem must be text");
  for (const [key, value] of Object.entries({ id, answer }))
    if (value !== undefined && !isText(value))
      throw new PrmError("ERR_FORMAT", `parseProblem: ${key} must be text`);
  return json as ProblemRow;
}

/** Checks that a value is a problem with `steps`, or a `solution` whose lines are steps. @throws {PrmError} `ERR_FORMAT` */
export function parseSteps(json: unknown): { problem: string; steps: string[] } {
  const { problem, steps, solution } = (json ?? {}) as Record<string, unknown>;
  const own = typeof solution === "string" ? splitSteps(solution) : steps;
  if (typeof problem !== "string")
    throw new PrmError("ERR_FORMAT", "parseSteps: problem must be text");
  if (!Array.isArray(own) || own.length === 0 || !own.every((step) => typeof step === "string"))
    throw new PrmError(
      "ERR_FORMAT",
      "parseSteps: steps must be a list of texts, or solution a text",
    );
  return { problem, steps: own };
}
