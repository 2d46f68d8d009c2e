import { readFileRows } from "@deepgrain/command-line/files/read-file-rows";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { requireOne } from "@deepgrain/command-line/flags/given-together";
import type { Progress } from "@deepgrain/command-line/terminal/progress";
import { parseProblem, type ScoredSolution } from "@deepgrain/prm";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import type { problemFlags } from "./flags";

/** A problem with its id. */
type AskedProblem = ReturnType<typeof parseProblem> & { readonly id: string };

/** The problems that the flags name. @throws {UsageError} unless exactly one flag does */
export async function askedProblems(
  { problem, in: path }: Pick<Values<typeof problemFlags>, "problem" | "in">,
  progress: Pick<Progress, "note">,
): Promise<AskedProblem[]> {
  requireOne({ problem, in: path });
  if (problem !== undefined) return [{ id: "problem", problem }];
  const { rows } = await readFileRows(path!, parseProblem, progress);
  if (rows.length === 0) throw new FormatError(`${path} holds no problems`);
  return rows.map((row, i) => ({ ...row, id: row.id ?? String(i + 1) }));
}

/** The answer that was found for a problem. */
export interface Solved {
  id: string;
  answer: string | null;
  /** Share of the votes, or the score of the solution. */
  share: number;
  solution: ScoredSolution;
  solutions: readonly ScoredSolution[];
  /** How many of them were cut at the token limit. */
  truncated: number;
  /** Whether the answer is right; null where that is not known. */
  correct: boolean | null;
}

/** Results for people: the answer with its solution, or for many problems a line each and the share of right answers. */
export function solvedText(all: readonly Solved[]): string {
  if (all.length === 1) {
    const { answer, share, solution, solutions } = all[0]!;
    const head = `${answer ?? "no answer"} (${share.toFixed(2)} of ${solutions.length} solutions)`;
    return `${[head, ...solution.steps].join("\n")}\n`;
  }
  const known = all.filter(({ correct }) => correct !== null);
  const right = known.filter(({ correct }) => correct).length;
  const lines = all.map(({ id, answer, share }) => `${id}\t${answer ?? "–"}\t${share.toFixed(2)}`);
  const sum = known.length > 0 ? [`${right} of ${known.length} right`] : [];
  return `${[...lines, ...sum].join("\n")}\n`;
}
