import { percentText } from "../drawing/numbers";
import { type Answers, chosen } from "./answers";
import { type Method, methodNames, methods } from "./names";
import { type Federation, isSameRun } from "./state";

const tail = ({ run }: Federation, method: Method): number => run.rounds.at(-1)![method].tail;

/** "FedAvg says 4 (74 %), RedGrape says 9 (58 %)" */
export const answersText = (answers: Answers): string =>
  methods
    .map((method) => {
      const own = chosen(answers[method]);
      return `${methodNames[method]} says ${own} (${percentText(answers[method][own]!, 0)})`;
    })
    .join(", ");

/** Clients that have pictures of a class. */
export const clientsWith = ({ run }: Pick<Federation, "run">, digit: number): number =>
  run.countsPerClient.filter((counts) => counts[digit]! > 0).length;

function changesText({ state: before }: Federation, { state: after }: Federation): string {
  const changes = [
    before.ratio !== after.ratio && `imbalance ${before.ratio} → ${after.ratio}`,
    before.second !== after.second && `second head ${after.second}`,
    before.rounds !== after.rounds && `${after.rounds} rounds`,
    before.seed !== after.seed && `new weights, seed ${after.seed}`,
  ].filter((change) => change !== false);
  const text = changes.length > 0 ? changes.join(", ") : "the same once more";
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}

/** The change that a move has made, in a sentence. */
export function movedText(before: Federation, after: Federation): string {
  if (isSameRun(before.state, after.state) && before.state.digit !== after.state.digit) {
    const { label } = after.answers;
    const of = label === null ? "Your digit" : `This ${label}`;
    return `${of}: ${answersText(after.answers)}.`;
  }
  const rare = methods.map(
    (method) =>
      `${methodNames[method]} ${percentText(tail(after, method))} (was ${percentText(tail(before, method))})`,
  );
  return `${changesText(before, after)}: of the rare digits ${rare.join(" and ")} are right.`;
}
