import { takeTurn } from "@deepgrain/support";
import { optionsOf, refuseUnknown } from "../errors";
import { exactShare, type Share } from "./exact-interval";
import { type EvaluationJournal, finished } from "./journal";
import { type EvaluationRows, promptOf, rowNamer } from "./prompts";
import { type ChoiceTask, choicesOf, parseTask } from "./task";

/** How likely a text makes continuations: the sum of their tokens' log-probabilities. */
export type ChoiceScorer = (
  context: string,
  continuations: readonly string[],
  options: { signal?: AbortSignal | undefined },
) => Promise<{ logLikelihoods: readonly number[]; isTruncated: boolean }>;

/** One finished row. */
export interface ChoiceRow {
  /** Its place. */
  readonly row: number;
  readonly logLikelihoods: readonly number[];
  /** The place of the right choice. */
  readonly right: number;
  /** The likeliest choice. */
  readonly likeliest: number;
  /** The choice with the largest log-likelihood per byte. */
  readonly likeliestPerByte: number;
  /** Whether the beginning of the prompt did not fit the context. */
  readonly isTruncated: boolean;
}

/** The result of an evaluation of choices. */
export interface ChoiceSummary {
  /** Rows whose likeliest choice is right. */
  readonly acc: Share;
  /** The same by log-likelihood per byte. */
  readonly accNorm: Share;
  /** Rows whose prompt was cut. */
  readonly truncated: number;
}

/** Options of {@link evaluateChoices}. */
export interface EvaluateChoicesOptions extends EvaluationRows {
  readonly journal?: EvaluationJournal<ChoiceRow> | undefined;
  /** Aborts between rows; the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** The first of the largest numbers. */
const largest = (values: readonly number[]) => values.indexOf(Math.max(...values));

const encoder = new TextEncoder();

/**
 * Has a model choose: of each row's choices the likeliest after the prompt, by the sum of their tokens' log-probabilities (`acc`)
 * and by that sum per byte of the choice in UTF-8 (`accNorm`), as lm-evaluation-harness does. Solved rows are drawn by a seed.
 *
 * @param score of `modelScorer` or `endpointScorer`
 * @yields each row as it is finished, those of the journal left out
 * @throws {LmError} `ERR_FORMAT` for tasks and rows, naming row and key; what scoring throws
 * @see Gao et al. 2024, lm-evaluation-harness: multiple_choice, acc and acc_norm
 */
export async function* evaluateChoices(
  score: ChoiceScorer,
  task: ChoiceTask,
  options: EvaluateChoicesOptions,
): AsyncGenerator<ChoiceRow, ChoiceSummary> {
  const { rows, shotRows, rowName, seed, journal, signal, ...rest } = optionsOf(
    "evaluateChoices",
    options,
  );
  refuseUnknown("evaluateChoices", rest);
  parseTask(task, "task");
  const data = { rows, shotRows, rowName, seed };
  const known = finished(journal);
  const all: ChoiceRow[] = [];
  for (const [index, row] of rows.entries()) {
    await takeTurn();
    signal?.throwIfAborted();
    const before = known.get(index);
    if (before) {
      all.push(before);
      continue;
    }
    const { choices, right } = choicesOf(task, row, rowNamer(data)(index));
    const { delimiter = " " } = task;
    const continuations = choices.map((choice) => delimiter + choice);
    const { logLikelihoods, isTruncated } = await score(
      promptOf(task, data, index),
      continuations,
      {
        signal,
      },
    );
    const perByte = logLikelihoods.map((sum, i) => sum / encoder.encode(choices[i]!).length);
    const [likeliest, likeliestPerByte] = [largest(logLikelihoods), largest(perByte)];
    const done = { row: index, logLikelihoods, right, likeliest, likeliestPerByte, isTruncated };
    await journal?.append(done);
    all.push(done);
    yield done;
  }
  const count = (isRight: (row: ChoiceRow) => boolean) => all.filter(isRight).length;
  return {
    acc: exactShare(
      count((row) => row.likeliest === row.right),
      all.length,
    ),
    accNorm: exactShare(
      count((row) => row.likeliestPerByte === row.right),
      all.length,
    ),
    truncated: count((row) => row.isTruncated),
  };
}
