import type { Stage } from "@deepgrain/command-line/runs/run-stages";
import { applyAdapter, removeAdapter } from "@deepgrain/esft";
import { loadModel } from "@deepgrain/lm";
import { type Pair, spread } from "@deepgrain/studies/shared/tasks/task";
import type { Job } from "../job";
import { answerQuestions } from "./measure-model";

/** A question with the answers of one model, its adapter off and on. */
interface SwitchedAnswer extends Pair {
  off: string;
  on: string;
}

export interface SwitchResult {
  answers: SwitchedAnswer[];
  /** From the call to the adapter being in the model, reading its file included. */
  secondsOn: number;
  /** Time to restore the base model's weights. */
  secondsOff: number;
  /** Whether the model answered after switching off as it did before switching on. */
  isRestored: boolean;
}

/** Questions that are asked. */
const QUESTIONS = 5;

async function timed<T>(work: () => Promise<T> | T): Promise<[result: T, seconds: number]> {
  const start = performance.now();
  const result = await work();
  return [result, Math.round(10 * (performance.now() - start)) / 10_000];
}

/** A duration as readable text: 3.5 ms. */
export const milliseconds = (seconds: number): string => `${(1000 * seconds).toFixed(1)}\u00a0ms`;

/** Two columns, as wide as their longest line. */
function sideBySide(answers: readonly SwitchedAnswer[]): string {
  const rows = [["", "adapter off", "adapter on"]];
  for (const { prompt, off, on, answer } of answers)
    rows.push([prompt, off.replaceAll(/\s+/g, " "), `${on}${on === answer ? "  (right)" : ""}`]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(([prompt, off, on]) => `${prompt!.padEnd(widths[0]!)}  ${off!.padEnd(widths[1]!)}  ${on}`)
    .join("\n");
}

/** Answers held-out questions with the adapter off, on, and off again, on one model in memory. */
export const switchStage: Stage<Job> = {
  name: "switch",
  async run(job): Promise<SwitchResult> {
    const { folder, progress, signal } = job;
    const questions = spread((await job.task()).questions, QUESTIONS);
    const model = await loadModel(folder.base, { signal });
    const ask = () => answerQuestions(model, questions, job);
    const before = await ask();
    const [applied, secondsOn] = await timed(() => applyAdapter(model, folder.adapter, { signal }));
    const adapted = await ask();
    const [, secondsOff] = await timed(() => removeAdapter(applied));
    const after = await ask();
    model.dispose();
    const answers = questions.map((pair, i) => ({
      ...pair,
      off: before[i]!.output,
      on: adapted[i]!.output,
    }));
    progress.note(`Switching the adapter took ${milliseconds(secondsOn)}:\n${sideBySide(answers)}`);
    const isRestored = after.every(({ output }, i) => output === before[i]!.output);
    return { answers, secondsOn, secondsOff, isRestored };
  },
};
