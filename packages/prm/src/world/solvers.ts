import type { Completer, Completion, Prefix } from "../completers/completer";
import { iterableOf, optionsOf, PrmError, real, refuseUnknown } from "../errors";
import { hashText, seededRandom } from "../random/seeds";
import { firstWrongStep } from "./step-truth";
import {
  answerSentence,
  type Calculation,
  calculate,
  type WordProblem,
  writeStep,
} from "./word-problem";

function lookUp(problems: Iterable<WordProblem>): (text: string) => WordProblem {
  const byText = new Map([...problems].map((each) => [each.problem, each]));
  return (text) => {
    const found = byText.get(text);
    if (found) return found;
    throw new PrmError("ERR_ARGUMENT", `solver: unknown problem ${JSON.stringify(text)}`, {
      fields: { problem: text },
    });
  };
}

const streamOf = (seed: number, { problem, steps }: Prefix) =>
  seededRandom(hashText([problem, ...steps].join("\n"), seed));

/** Options of {@link constantSolver}. */
export interface ConstantSolverOptions {
  /** π: probability of the right answer from a right prefix. */
  readonly goodHit: number;
  /** ρ: probability of the right answer from a prefix with a wrong step. */
  readonly badHit: number;
}

/**
 * A completer that reaches the right answer with one probability from right prefixes and with another from wrong ones:
 * the model behind `hardLabelAccuracy`.
 *
 * @throws {PrmError} `ERR_RANGE` for probabilities outside [0, 1]
 */
export function constantSolver(
  problems: Iterable<WordProblem>,
  options: ConstantSolverOptions,
): Completer {
  const { goodHit, badHit, ...rest } = optionsOf("constantSolver", options);
  refuseUnknown("constantSolver", rest);
  real("constantSolver", "goodHit", goodHit, { min: 0, max: 1 });
  real("constantSolver", "badHit", badHit, { min: 0, max: 1 });
  const find = lookUp(problems);
  return async (prefix, { seeds }) => {
    const known = find(prefix.problem);
    const hit = firstWrongStep(known, prefix.steps) < 0 ? goodHit : badHit;
    return seeds.map((seed) => {
      const isRight = streamOf(seed, prefix)() < hit;
      return `So we are done.${answerSentence(isRight ? known.answer : Number(known.answer) + 1)}`;
    });
  };
}

/** Options of {@link noisySolver}. */
export interface NoisySolverOptions {
  /** Probability of a slip per step. Default 0.15. */
  readonly slip?: number | undefined;
  /** Probability that a step after a slip returns to the right value. Default 0.02. */
  readonly recover?: number | undefined;
}

/** A plausible slip: a result that is off by a little, another operator, or another number. */
function slipped(right: Calculation, random: () => number): Calculation {
  const { left } = right;
  const kind = Math.floor(random() * 3);
  const operator = kind === 1 ? (right.operator === "+" ? "-" : "+") : right.operator;
  const number = kind === 2 ? right.right + 1 + Math.floor(random() * 9) : right.right;
  const exact = calculate(left, operator, number);
  const result = Math.round(kind === 0 ? exact + 1 + Math.floor(random() * 10) : exact);
  return { left, operator, right: number, result };
}

/** The value that a written step states, undefined where it states none. */
const statedResult = (step: string | undefined): number | undefined => {
  const value = /=(-?[\d.]+)>>/.exec(step ?? "")?.[1];
  return value === undefined ? undefined : Number(value);
};

/** A number of a step, computed from the steps written so far, whether right or wrong. */
const trusted = (value: number, from: number | undefined, written: readonly string[]): number =>
  from === undefined ? value : (statedResult(written[from]) ?? value);

/**
 * A completer that solves step by step and occasionally makes an error; later steps build on the wrong value. It ends
 * at stop strings, so that step-wise search can drive it.
 *
 * @throws {PrmError} `ERR_RANGE` for probabilities outside [0, 1]
 */
export function noisySolver(
  problems: Iterable<WordProblem>,
  options: NoisySolverOptions = {},
): Completer {
  iterableOf("noisySolver", "problems", problems);
  const { slip = 0.15, recover = 0.02, ...rest } = optionsOf("noisySolver", options);
  refuseUnknown("noisySolver", rest);
  real("noisySolver", "slip", slip, { min: 0, max: 1 });
  real("noisySolver", "recover", recover, { min: 0, max: 1 });
  const find = lookUp(problems);

  function solve(prefix: Prefix, seed: number): string {
    const known = find(prefix.problem);
    const random = streamOf(seed, prefix);
    const written = [...prefix.steps];
    for (let i = written.length; i < known.calculations.length; i++) {
      const right = known.calculations[i]!;
      const carried = {
        ...right,
        left: trusted(right.left, right.leftFrom, written),
        right: trusted(right.right, right.rightFrom, written),
      };
      const base = random() < recover ? right : carried;
      const exact = Math.round(calculate(base.left, base.operator, base.right));
      const honest = { ...base, result: exact };
      const line = known.steps[i]!.replace(/^Step \d+: (.*?) -?\d.*$/s, "$1");
      const tail = /(\w+\.)(?: The answer is: .*)?$/s.exec(known.steps[i]!)![1]!;
      const calculation = random() < slip ? slipped(base, random) : honest;
      const isLast = i === known.calculations.length - 1;
      const end = isLast ? answerSentence(calculation.result) : "";
      written.push(writeStep(i, line, calculation, tail) + end);
    }
    return written.slice(prefix.steps.length).join("\n");
  }

  return async (prefix, { seeds, stop = [] }) =>
    seeds.map((seed): Completion => {
      const text = solve(prefix, seed);
      const cut = Math.min(...stop.map((s) => text.indexOf(s)).filter((at) => at >= 0));
      return Number.isFinite(cut)
        ? { text: text.slice(0, cut), finishReason: "stop" }
        : { text, finishReason: "end" };
    });
}
