import { PrmError } from "../errors";
import type { Solution } from "../solutions/solution";
import type { AnnotationTools } from "./annotation-options";
import type { AnnotationStore } from "./annotation-store";
import { estimateStep } from "./estimate-step";
import { firstZero, type LabelledSolution, type StepEstimate } from "./step-value";

type Estimate = (step: number) => Promise<StepEstimate>;

async function linearly(
  stepCount: number,
  estimate: Estimate,
  dropAfterFirstError: boolean,
): Promise<(number | null)[]> {
  const values = new Array<number | null>(stepCount).fill(null);
  for (let step = 0; step < stepCount; step++) {
    values[step] = (await estimate(step)).value;
    if (dropAfterFirstError && values[step] === 0) break;
  }
  return values;
}

/**
 * Values by binary search. A solution with the right answer has no error by this measure, since the solution itself
 * continues each of its prefixes to that answer.
 */
async function bySearch(stepCount: number, estimate: Estimate): Promise<(number | null)[]> {
  if ((await estimate(stepCount - 1)).value > 0) return new Array(stepCount).fill(1);
  let [low, high] = [0, stepCount - 1]; // the first error lies in [low, high]
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((await estimate(middle)).value > 0) low = middle + 1;
    else high = middle;
  }
  return Array.from({ length: stepCount }, (_, step) => (step < low ? 1 : step > low ? null : 0));
}

function checkSame(solution: Solution, stored: LabelledSolution): void {
  const textOf = ({ problem, steps, gold }: Solution) => JSON.stringify([problem, steps, gold]);
  if (textOf(solution) === textOf(stored)) return;
  throw new PrmError(
    "ERR_JOURNAL",
    `annotate: solution "${solution.id}" was stored with another text; use another journal or id`,
    { fields: { id: solution.id } },
  );
}

/**
 * Annotates one solution, reusing stored results.
 *
 * @param onEstimate called for each step when its value is known
 */
export async function annotateSolution(
  solution: Solution,
  tools: AnnotationTools,
  store: AnnotationStore,
  onEstimate: (estimate: StepEstimate) => void = () => undefined,
): Promise<LabelledSolution> {
  const stored = store.result(solution.id);
  if (stored) {
    checkSame(solution, stored);
    return stored;
  }
  const estimates: StepEstimate[] = [];
  const estimate: Estimate = async (step) => {
    const made = await estimateStep(solution, step, tools, store);
    estimates.push(made);
    onEstimate(made);
    return made;
  };
  const stepCount = solution.steps.length;
  const values =
    tools.strategy === "linear"
      ? await linearly(stepCount, estimate, tools.dropAfterFirstError)
      : await bySearch(stepCount, estimate);
  const isAnswerRight = tools.checker.check(solution.steps.join("\n"), solution.gold).correct;
  const { id, problem, steps, gold } = solution;
  const result: LabelledSolution = {
    id,
    problem,
    steps,
    gold,
    values,
    estimates: estimates.sort((a, b) => a.step - b.step),
    firstError: firstZero(values),
    isAnswerRight,
  };
  await store.addResult(result);
  return result;
}
