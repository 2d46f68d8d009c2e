import { toGraphScore } from "@deepgrain/renode";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { scoreGiven, scoringFlags } from "./open-graph";

export const score = defineCommand({
  description:
    "Scores the labelled nodes of a graph by their conflict with other classes (Totoro) and gives each a training weight.",
  examples: [
    "renode score --graph graph.json --out scores.json",
    "renode score --graph graph.gexf --label-attribute topic --ties average",
    "renode score --graph shared/data/cora --split high --seed 1 --json",
  ],
  flags: {
    ...scoringFlags,
    out: flags.outFile({
      help: "File for { total, nodes: [{ key, totoro, rank, weight }] }, nodes in graph order",
    }),
    json: flags.flag({ help: "Print the same with cover, homophily and warnings as JSON" }),
  },
  async run({ out, json, ...given }, context) {
    const { result } = await scoreGiven(given, context);
    const scored = toGraphScore(result);
    if (out !== undefined) await out.saveJson(scored);
    const { cover, homophily, warnings } = result;
    if (json) context.write(`${JSON.stringify({ ...scored, cover, homophily, warnings })}\n`);
    else
      context.write(
        out === undefined ? `${JSON.stringify(scored, undefined, 2)}\n` : `${out.path}\n`,
      );
  },
});
