import { beamSearch, dvts, formatRow, select } from "@deepgrain/prm";

import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { answerFlags, checkerOf } from "./annotation-flags";
import { checkCompleter, completerFlags, noteEstimates, openCompleter } from "./completer-flags";
import { aggregationFlag, requireScorer, scorerFlags } from "./scorer-flags";
import { askedProblems, problemFlags, type Solved, solvedText } from "./solved-text";

export const search = defineCommand({
  description:
    "Answers problems by search over steps: at each step several continuations are written and scored, and the best go on.",
  examples: [
    'prm search --problem "What is 2 + 3?" --model DIR --scorer judge --n 16 --width 4',
    "prm search --in problems.jsonl --model DIR --scorer judge --method dvts --out found.jsonl",
  ],
  flags: {
    ...problemFlags,
    ...completerFlags,
    ...scorerFlags,
    method: flags.choice(["beam", "dvts"], {
      default: "beam",
      help: "Beams that compete with each other, or subtrees that never mix",
    }),
    n: flags.whole({ min: 1, default: 16, help: "Solutions at a time, a multiple of --width" }),
    width: flags.whole({ min: 1, default: 4, help: "Continuations that compete" }),
    maxSteps: flags.whole({ min: 1, default: 40, help: "Steps of a solution" }),
    lookahead: flags.whole({
      default: 0,
      help: "Further steps that are written for scoring alone",
    }),
    separator: flags.text({
      default: "\\n",
      help: "Text that ends a step, with \\n for a line break",
    }),
    aggregation: aggregationFlag,
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
    const options = {
      completer,
      scorer,
      checker,
      n,
      width,
      maxSteps,
      lookahead,
      aggregation,
      seed,
      signal,
      separator: separator.replaceAll("\\n", "\n"),
    };
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
