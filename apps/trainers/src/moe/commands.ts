import { defineCommand, defineGroup } from "@deepgrain/command-line/commands/define-command";
import { inspectFlags } from "./flags";

export const moe = defineGroup("Mixtures of experts.", {
  inspect: defineCommand({
    summary: "show a model's experts: counts, loads, overlaps, a map, effect of switching some off",
    description:
      "Shows the parts of a mixture of experts and which experts your texts use: loads, dead experts, overlaps, a routing map, and the loss without some experts.",
    examples: [
      "moe inspect --model DIR",
      "moe inspect --model DIR --data prose.txt,code=main.jsonl --out experts.html",
      "moe inspect --model DIR --data english --without 1:5,1:9,2:0 --json",
    ],
    flags: inspectFlags,
    run: async (...call) => (await import("./inspect")).inspect(...call),
  }),
});
