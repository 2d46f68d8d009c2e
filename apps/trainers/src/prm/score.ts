import { parseSteps, scoreSteps, splitSteps } from "@deepgrain/prm";
import { colouredPage, colouredText } from "@deepgrain/prm/pages";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { readFileRows } from "../formats/read-file-rows";
import { requireScorer, scorerFlags } from "./scorer-flags";

export const score = defineCommand({
  description:
    "Scores the steps of solutions and prints them coloured by score, from red through yellow to green, in the terminal or as a page.",
  examples: [
    'prm score --scorer judge --problem "What is 2 + 3?" --solution "2 + 3 = 5"',
    "prm score --scorer judge --in solutions.jsonl --html scored.html",
  ],
  flags: {
    ...scorerFlags,
    problem: flags.text({ help: "A problem" }),
    solution: flags.text({ help: "Its solution, one line per step (\\n ends one)" }),
    in: flags.file({
      help: 'Solutions instead, one JSON object per line: {"problem", "steps"} or {"problem", "solution"}',
    }),
    html: flags.outFile({ help: "Page to write" }),
    colour: flags.toggle({
      help: "Colour the text in the terminal",
      negated: "Print scores without colours; by default where NO_COLOR is set",
    }),
    json: flags.flag({ help: "Print problem, steps and scores as JSON, a line per solution" }),
  },
  async run({ problem, solution, in: path, html, colour, json, ...given }, context) {
    const { progress, signal, write } = context;
    const isTyped = problem !== undefined && solution !== undefined;
    if (isTyped === (path !== undefined))
      throw new UsageError("give either --problem and --solution, or --in");
    const typed = () => [
      { problem: problem!, steps: splitSteps(solution!.replaceAll("\\n", "\n")) },
    ];
    const rows = isTyped ? typed() : (await readFileRows(path!, parseSteps, progress)).rows;
    const scorer = await requireScorer(given, signal);
    const scored = await Promise.all(
      rows.map(async (row) => {
        const scores = await scoreSteps(scorer, row.problem, row.steps, { signal });
        return { ...row, scores };
      }),
    );
    if (html !== undefined) await html.save(colouredPage(scored));
    const hasColours = colour ?? !process.env.NO_COLOR;
    const text = json
      ? scored.map((row) => `${JSON.stringify(row)}\n`)
      : [scored.map((row) => colouredText(row, hasColours)).join("\n")];
    write(text.join(""));
  },
});
