import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { readFileRows } from "@deepgrain/command-line/files/read-file-rows";
import { parseSteps, scoreSteps, splitSteps } from "@deepgrain/prm";
import { colouredPage, colouredText } from "@deepgrain/prm/pages";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { scoreFlags } from "./flags";
import { requireScorer } from "./open-scorer";

/** `prm score`. */
export const score: RunCommand<typeof scoreFlags> = async (
  { problem, solution, in: path, html, colour, json, ...given },
  context,
) => {
  const { progress, signal, write } = context;
  const isTyped = problem !== undefined && solution !== undefined;
  if (isTyped === (path !== undefined))
    throw new UsageError("give either --problem and --solution, or --in");
  const typed = () => [{ problem: problem!, steps: splitSteps(solution!.replaceAll("\\n", "\n")) }];
  const rows = isTyped ? typed() : (await readFileRows(path!, parseSteps, progress)).rows;
  const scorer = await requireScorer(given, signal);
  const scored = await Promise.all(
    rows.map(async (row) => {
      const scores = await scoreSteps(scorer, row.problem, row.steps, { signal });
      return { ...row, scores };
    }),
  );
  if (html !== undefined) await html.save(colouredPage(scored));
  if (json) return write(scored.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const hasColours = colour ?? !process.env.NO_COLOR;
  write((shown) =>
    scored
      .map(({ problem, steps, scores }) => ({
        problem: shown(problem),
        steps: steps.map(shown),
        scores,
      }))
      .map((row) => colouredText(row, hasColours))
      .join("\n"),
  );
};
