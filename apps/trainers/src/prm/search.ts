import { beamSearch, dvts, formatRow, select } from "@deepgrain/prm";
import { fields } from "@deepgrain/prm/fields";

import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { flagsFrom } from "../cli/flags-from";
import { UsageError } from "../cli/usage-error";
import {
  answerFlags,
  checkCompleter,
  checkerOf,
  completerFlags,
  noteEstimates,
  openCompleter,
} from "./completer-flags";
import { requireScorer, scorerFlags } from "./scorer-flags";
import { askedProblems, problemFlags, type Solved, solvedText } from "./solved-text";

export const search = defineCommand({
  description:
    "Answers problems by searching over steps: at each step it writes and scores several continuations and keeps the best.",
  examples: [
    'prm search --problem "What is 2 + 3?" --model DIR --scorer judge --n 16 --width 4',
    "prm search --in problems.jsonl --model DIR --scorer judge --method dvts --out found.jsonl",
  ],
  flags: {
    ...problemFlags,
    ...completerFlags,
    ...scorerFlags,
    ...flagsFrom(fields.search),
    ...flagsFrom(fields.aggregation),
    ...answerFlags,
    seed: flags.whole({ default: 0, help: "Same seed, same solutions" }),
  },
  async run({ method, n, width, separator, out, json, ...given }, { progress, signal, write }) {
    checkCompleter(given);
    if (n % width !== 0)
      throw new UsageError(`--n must be a multiple of --width, got ${n} and ${width}`);
    const problems = await askedProblems(given, progress);
    const scorer = await requireScorer(given, signal);
    const opened = await openCompleter(given, { signal });
    const { completer } = opened;
    const checker = checkerOf(given);
    const { maxSteps, lookahead, aggregation, seed } = given;
    const stepEnd = separator.replaceAll("\\n", "\n");
    const searching = { n, width, maxSteps, lookahead, separator: stepEnd, aggregation, seed };
    const options = { completer, scorer, checker, ...searching, signal };
    const task = progress.task("searching");
    const solved: Solved[] = [];
    for (const { id, problem, answer: gold } of problems) {
      const { solutions } = await (method === "beam" ? beamSearch : dvts)(problem, options);
      const solution = solutions[select(solutions, "best-of-n").index!]!;
      const correct =
        gold === undefined ? null : checker.check(solution.steps.join("\n"), gold).correct;
      const { answer, score } = solution;
      solved.push({ id, answer, share: score ?? 0, solution, solutions, truncated: 0, correct });
      task.update(solved.length / problems.length, `${solved.length} of ${problems.length}`);
    }
    task.end(`${solved.length} problems`);
    noteEstimates(opened, progress);
    if (out !== undefined) await out.save(solved.map(formatRow).join(""));
    write(json ? solved.map(formatRow).join("") : solvedText(solved));
  },
});
