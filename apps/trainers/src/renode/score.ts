import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { toGraphScore } from "@deepgrain/renode";
import type { scoreFlags } from "./flags";
import { scoreGiven } from "./open-graph";

/** `renode score`. */
export const score: RunCommand<typeof scoreFlags> = async ({ out, json, ...given }, context) => {
  const { result } = await scoreGiven(given, context);
  const scored = toGraphScore(result);
  if (out !== undefined) await out.saveJson(scored);
  const { cover, homophily, warnings } = result;
  if (json) context.write(`${JSON.stringify({ ...scored, cover, homophily, warnings })}\n`);
  else
    context.write(
      out === undefined ? `${JSON.stringify(scored, undefined, 2)}\n` : `${out.path}\n`,
    );
};
