import type { Answer } from "@deepgrain/align";
import { programOf } from "@deepgrain/coder";
import { createSandbox, type Sandbox } from "@deepgrain/coder/sandbox";
import { type ArraySpecification, arrayTask } from "./array-tasks";
import { answerText, END } from "./array-tokens";

/** Runs answers; each different program of a function once. */
export interface ArrayJudge {
  /** 1 for an answer that passes, 0 for others. Answers name functions by their index. */
  verdicts(
    functions: readonly ArraySpecification[],
    answers: readonly Pick<Answer, "prompt" | "ids">[],
    strength: "full" | "weak",
  ): Promise<number[]>;
  /** How many programs were run. */
  programs(): number;
  dispose(): void;
}

const LIMITS = { instructions: 1_000_000 };

/** A judge in a sandbox. @param open makes the sandbox; tests give their own */
export function arrayJudge(
  open: () => Sandbox = () => createSandbox({ limits: LIMITS }),
): ArrayJudge {
  const sandbox = open();
  const known = new Map<string, number>();
  return {
    async verdicts(functions, answers, strength) {
      const found: number[] = [];
      for (const { prompt, ids } of answers) {
        const one = functions[prompt]!;
        const text = answerText(ids);
        const key = `${strength} ${one.words.join()} ${text}`;
        const isWhole = ids.at(-1) === END;
        if (isWhole && !known.has(key)) {
          const task = arrayTask(one, strength);
          const { verdict } = await sandbox.test(programOf(task, `${text};\n`), task.tests);
          known.set(key, verdict === "passed" ? 1 : 0);
        }
        found.push(isWhole ? known.get(key)! : 0);
      }
      return found;
    },
    programs: () => known.size,
    dispose: () => sandbox.dispose(),
  };
}
