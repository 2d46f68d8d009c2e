import { percentText } from "../drawing/numbers";
import type { Way } from "./choose";
import type { Judged } from "./judged";

/** An answer as one reads it. */
export const saidAnswer = (answer: string | null): string => answer?.replace("-", "−") ?? "–";

/** "−5, which is wrong" */
export function answerText({ answer, chosen }: Judged, way: Way): string {
  const own = chosen[way].answer;
  return `${saidAnswer(own)}, which is ${own === answer ? "right" : "wrong"}`;
}

/** The two choices, in a sentence. */
export const chosenText = (own: Judged): string =>
  `Of ${own.n} ${own.n === 1 ? "solution" : "solutions"}, ${percentText(own.chosen.majority.share)} say ${answerText(own, "majority")}; ${percentText(own.chosen.weighted.share)} of the scores speak for ${answerText(own, "weighted")}.`;

/** The index of the first line that differs between two solutions. */
export function changedLine({ own: before }: Judged, { own: after }: Judged): number {
  const [old, now] = [before.solution.split(";"), after.solution.split(";")];
  return now.findIndex((line, i) => line !== old[i]);
}

/** The change of the scores of the visitor's lines, in a sentence. */
export function linesText(before: Judged, after: Judged): string {
  const [old, now] = [before.own.scores, after.own.scores];
  const percent = (score: number | undefined) => percentText(score ?? 0, 0);
  if (now.length === 0) return "There is no solution of yours to score.";
  const at = changedLine(before, after);
  if (old.length !== now.length || at < 0)
    return `The first of ${now.length} lines scores ${percent(now[0])}, the last ${percent(now.at(-1))}.`;
  return `Line ${at + 1}: ${percent(old[at])} → ${percent(now[at])}; the last line: ${percent(old.at(-1))} → ${percent(now.at(-1))}.`;
}

/** The change that a move has made, in a sentence. */
export const movedText = (before: Judged, after: Judged): string =>
  before.own.solution !== after.own.solution && after.own.solution !== ""
    ? linesText(before, after)
    : chosenText(after);
