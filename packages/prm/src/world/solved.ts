import type { Story } from "./templates";
import { answerSentence, type WordProblem, writeStep } from "./word-problem";

/** The text of a story with its right steps and its answer. */
export function solved({
  sentences,
  question,
  calculations,
}: Story): Pick<WordProblem, "problem" | "steps" | "calculations" | "answer"> {
  const answer = String(calculations.at(-1)!.result);
  const steps = calculations.map((each, i) => writeStep(i, each.before, each, each.after));
  steps[steps.length - 1] += answerSentence(answer);
  return { problem: [...sentences, question].join(" "), steps, calculations, answer };
}
