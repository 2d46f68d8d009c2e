import { type Answer, sampleAnswers } from "@deepgrain/align";
import { programOf } from "@deepgrain/coder";
import type { Sandbox } from "@deepgrain/coder/sandbox";
import type { CausalLM } from "@deepgrain/lm";
import { answerText, END, promptIds } from "@deepgrain/studies/deepseek-coder-v2/array-tokens";
import type { Policy } from "./names";
import { runProgram, type Verdicted } from "./run-program";
import { heldOut, taskOf } from "./tasks";

/** Tokens of an answer, as in the study. */
export const ANSWER = 32;

/** An order for programs: for which task, from 1, and how many. */
export interface Order {
  task: number;
  policy: Policy;
  n: number;
  seed: number;
}

/** A program that was written, once or several times. */
export interface Written extends Verdicted {
  code: string;
  count: number;
}

/** The programs for a task, the most frequent first. */
export interface Programs extends Order {
  written: Written[];
  /** How many of the n pass all tests. */
  passed: number;
}

/** Events while programs are written and run. */
export type ProgramsEvent =
  | { type: "running"; done: number; of: number }
  | { type: "programs"; programs: Programs };

/** An answer as a program. One that did not end has no semicolon. */
const codeOf = (task: number, { ids }: Answer) =>
  programOf(taskOf(task), `${answerText(ids)}${ids.at(-1) === END ? ";" : ""}\n`).code;

/** Samples answers to a task, and runs each different program once. */
export async function* writePrograms(
  model: CausalLM,
  sandbox: Sandbox,
  { task, policy, n, seed }: Order,
  signal: AbortSignal,
): AsyncGenerator<ProgramsEvent, void> {
  const prompt = promptIds(heldOut[task - 1]!);
  const answers = await sampleAnswers(model, [prompt], {
    groupSize: n,
    maxNewTokens: ANSWER,
    eosTokenId: END,
    seed: [seed, task],
    signal,
  });
  const byCode = new Map<string, Answer[]>();
  for (const answer of answers) {
    const code = codeOf(task, answer);
    byCode.set(code, [...(byCode.get(code) ?? []), answer]);
  }
  const { tests } = taskOf(task);
  const written: Written[] = [];
  for (const [code, same] of byCode) {
    signal.throwIfAborted();
    yield { type: "running", done: written.length, of: byCode.size };
    const { verdict, message } = same[0]!.isComplete
      ? await runProgram(sandbox, code, tests)
      : { verdict: "failed" as const, message: `it does not end within ${ANSWER} tokens` };
    written.push({ code, count: same.length, verdict, message });
  }
  written.sort((a, b) => b.count - a.count);
  const passed = written
    .filter(({ verdict }) => verdict === "passed")
    .reduce((sum, { count }) => sum + count, 0);
  yield { type: "programs", programs: { task, policy, n, seed, written, passed } };
}
