import { takeTurn } from "@deepgrain/support";
import { optionsOf, refuseUnknown } from "../errors";
import { exactShare, type Share } from "./exact-interval";
import { type EvaluationJournal, finished } from "./journal";
import { type EvaluationRows, promptOf, rowNamer } from "./prompts";
import { type AnswerTask, filled, parseTask } from "./task";

/** Writes answers. */
export type AnswerWriter = (
  prompt: string,
  options: {
    stop: readonly string[];
    maxNewTokens: number;
    signal?: AbortSignal | undefined;
  },
) => Promise<string>;

/** Whether an answer agrees with the right one. */
export type CheckAnswer = (answer: string, right: string) => boolean;

/** One finished row. */
export interface AnswerRow {
  /** Its place. */
  readonly row: number;
  readonly answer: string;
  readonly isRight: boolean;
}

/** Options of {@link evaluateAnswers}. */
export interface EvaluateAnswersOptions extends EvaluationRows {
  /** Such as `(answer, right) => checkAnswer(answer, right).correct` with `checkAnswer` of `@deepgrain/prm`. */
  readonly check: CheckAnswer;
  readonly journal?: EvaluationJournal<AnswerRow> | undefined;
  /** Aborts between rows; the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Has a model write an answer to each row, and checks it.
 *
 * @param write of `modelWriter` or `aiSdkWriter`, or a function of your own
 * @yields each row as it is finished, those of the journal left out
 * @throws {LmError} `ERR_FORMAT` for tasks and rows, naming row and key; what writing and checking throw
 */
export async function* evaluateAnswers(
  write: AnswerWriter,
  task: AnswerTask,
  options: EvaluateAnswersOptions,
): AsyncGenerator<AnswerRow, { acc: Share }> {
  const { rows, shotRows, rowName, seed, check, journal, signal, ...rest } = optionsOf(
    "evaluateAnswers",
    options,
  );
  refuseUnknown("evaluateAnswers", rest);
  parseTask(task, "task");
  const { stop = [], maxNewTokens = 256 } = task;
  const data = { rows, shotRows, rowName, seed };
  const known = finished(journal);
  const all: AnswerRow[] = [];
  for (const [index, row] of rows.entries()) {
    await takeTurn();
    signal?.throwIfAborted();
    const before = known.get(index);
    if (before) {
      all.push(before);
      continue;
    }
    const right = filled(task.answer, row, rowNamer(data)(index));
    const answer = await write(promptOf(task, data, index), { stop, maxNewTokens, signal });
    const done = { row: index, answer, isRight: check(answer, right) };
    await journal?.append(done);
    all.push(done);
    yield done;
  }
  return { acc: exactShare(all.filter(({ isRight }) => isRight).length, all.length) };
}
