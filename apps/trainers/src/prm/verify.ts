import { formatRow, verify as verifyAnswer } from "@deepgrain/prm";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { answerFlags, checkerOf } from "./annotation-flags";
import { checkCompleter, completerFlags, openCompleter } from "./completer-flags";
import { aggregationFlag, openScorer, scorerFlags } from "./scorer-flags";
import { askedProblems, problemFlags, type Solved, solvedText } from "./solved-text";

export const verify = defineCommand({
  description:
    "Answers problems: samples solutions, scores their steps, and takes the answer whose solutions weigh most. Without a scorer the most frequent answer wins.",
  examples: [
    'prm verify --problem "What is 2 + 3?" --endpoint http://localhost:8000/v1 --endpoint-model NAME',
    "prm verify --in problems.jsonl --model DIR --scorer judge --n 16 --out verified.jsonl",
  ],
  flags: {
    ...problemFlags,
    ...completerFlags,
    ...scorerFlags,
    n: flags.whole({ min: 1, default: 8, help: "Solutions per problem" }),
    method: flags.choice(["weighted", "majority", "best-of-n"], {
      help: "How to choose; weighted by default with a scorer, majority without",
    }),
    aggregation: aggregationFlag,
    ...answerFlags,
    seed: flags.whole({ default: 0, help: "Same seed, same solutions" }),
  },
  async run({ n, method, aggregation, seed, out, json, ...given }, { progress, signal, write }) {
    checkCompleter(given);
    const problems = await askedProblems(given, progress);
    const scorer = await openScorer(given, signal);
    const { completer } = await openCompleter(given, { signal });
    const checker = checkerOf(given);
    const options = { completer, scorer, n, method, aggregation, checker, seed, signal };
    const task = progress.task("verifying");
    const solved: Solved[] = [];
    for (const { id, problem, answer: gold } of problems) {
      const { groups: _, ...found } = await verifyAnswer(problem, options);
      const text = found.solution.steps.join("\n");
      const correct = gold === undefined ? null : checker.check(text, gold).correct;
      solved.push({ id, ...found, correct });
      task.update(solved.length / problems.length, `${solved.length} of ${problems.length}`);
    }
    task.end(`${solved.length} problems`);
    if (out !== undefined) await out.save(solved.map(formatRow).join(""));
    write(json ? solved.map(formatRow).join("") : solvedText(solved));
  },
});
