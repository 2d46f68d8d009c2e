import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { toGraphScore } from "@deepgrain/renode";
import type { scoreFlags } from "./flags";
import { scoreGiven } from "./open-graph";

/** `renode score`. */
export async function score(
  { out, json, ...given }: Values<typeof scoreFlags>,
  context: CommandContext,
): Promise<void> {
  const { result } = await scoreGiven(given, context);
  const scored = toGraphScore(result);
  if (out !== undefined) await out.saveJson(scored);
  const { cover, homophily, warnings } = result;
  if (json) context.write(`${JSON.stringify({ ...scored, cover, homophily, warnings })}\n`);
  else
    context.write(
      out === undefined ? `${JSON.stringify(scored, undefined, 2)}\n` : `${out.path}\n`,
    );
}
