import { type Command, defineCommand } from "@deepgrain/command-line/commands/define-command";
import type { Paper } from "@deepgrain/studies";
import { comparisonFlags } from "./flags";

/** Makes the command `deepgrain compare <paper>` from what a paper says of its comparison. */
export async function comparisonCommand(
  paper: string,
  { comparison: load, ...rest }: Paper,
): Promise<Command> {
  const { comparison } = await load();
  return defineCommand({
    description: comparison.description,
    examples: comparison.examples.map((example) => `compare ${paper} ${example}`),
    flags: comparisonFlags(paper, comparison),
    isComputing: true,
    run: async (values, context) =>
      (await import("./compare-paper")).comparePaper(paper, comparison, rest, values, context),
  });
}
