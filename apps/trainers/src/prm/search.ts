import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { requireModel } from "@deepgrain/command-line/models/endpoint-flags";
import { beamSearch, dvts, formatRow, select } from "@deepgrain/prm";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { searchFlags } from "./flags";
import { checkerOf, noteEstimates, openCompleter } from "./open-completer";
import { requireScorer } from "./open-scorer";
import { askedProblems, type Solved, solvedText } from "./solved-text";

/** `prm search`. */
export const search: RunCommand<typeof searchFlags> = async (
  { method, n, width, separator, out, json, ...given },
  { progress, signal, write },
) => {
  requireModel(given);
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
};
