/** An operator of a step. */
export type Operator = "+" | "-" | "*" | "/";

/** One calculation of a solution. */
export interface Calculation {
  readonly left: number;
  readonly operator: Operator;
  readonly right: number;
  readonly result: number;
  /** Index of the step whose result the left number is; undefined for a number of the problem. */
  readonly leftFrom?: number | undefined;
  /** The same for the right number. */
  readonly rightFrom?: number | undefined;
}

/** A word problem whose solution is known step by step. */
export interface WordProblem {
  readonly id: string;
  readonly template: string;
  readonly problem: string;
  /** The right steps, `Step i: … <<3+4=7>>7 …`; the last one ends with `The answer is: X`. */
  readonly steps: readonly string[];
  readonly calculations: readonly Calculation[];
  /** Irrelevant sentences of the problem. */
  readonly distractors: number;
  readonly answer: string;
}

/** The value of a calculation. */
export function calculate(left: number, operator: Operator, right: number): number {
  if (operator === "+") return left + right;
  if (operator === "-") return left - right;
  return operator === "*" ? left * right : left / right;
}

/** `Step 2: Ann now has 3 * 4 = <<3*4=12>>12 apples.` */
export function writeStep(
  index: number,
  before: string,
  { left, operator, right, result }: Calculation,
  after: string,
): string {
  const equation = `${left} ${operator} ${right} = <<${left}${operator}${right}=${result}>>${result}`;
  return `Step ${index + 1}: ${before} ${equation} ${after}`;
}

/** The end of a solution's last step. */
export const answerSentence = (answer: number | string): string => ` The answer is: ${answer}`;
