import { percentText, signedText } from "../drawing/numbers";
import type { Judged } from "./state";
import { mean, meanGain } from "./ways";

/** "ReNode’s weights are right on 93.2 %, equal ones on 92.9 %" */
export const rightText = ({ accuracies: { equal, renode } }: Judged): string =>
  `ReNode’s weights are right on ${percentText(mean(renode))}, equal ones on ${percentText(mean(equal))}`;

/** A gain in hundredths of the nodes. */
export const gainText = ({ accuracies }: Judged): string =>
  `${signedText(100 * meanGain(accuracies), 2)} points`;

/** The change of the labels' conflict, in a sentence. */
export const conflictText = (before: number, after: number): string =>
  `Conflict of all labels ${before.toPrecision(4)} → ${after.toPrecision(4)}.`;
