import { defineGroup } from "@deepgrain/command-line/commands/define-command";
import { papers } from "@deepgrain/studies";
import { comparisonCommand } from "./comparison-command";

export const compare = defineGroup(
  "Runs the experiments of a paper again in miniature, with paired seeds, and judges its claims.",
  Object.fromEntries(
    Object.entries(papers).map(([name, paper]) => [
      name,
      { summary: paper.summary, load: () => comparisonCommand(name, paper) },
    ]),
  ),
);
