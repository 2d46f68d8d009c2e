import { defineCommand, defineGroup } from "@deepgrain/command-line/commands/define-command";
import { inspectFlags, upcycleFlags } from "./flags";

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
    isComputing: true,
    run: async (...call) => (await import("./inspect")).inspect(...call),
  }),
  upcycle: defineCommand({
    summary: "make a mixture of experts of a dense model, with the same logits until it is trained",
    description:
      "Makes a mixture of experts of a dense model: llama becomes mixtral, qwen3 becomes qwen3_moe. Every expert starts as a copy of the dense feed-forward part, so that logits stay the same until training makes experts differ. Use it to give a trained model more parameters at little more work per token.",
    examples: ["moe upcycle --model DIR --experts 8 --top-k 2 --out sparse"],
    flags: upcycleFlags,
    isComputing: true,
    run: async (...call) => (await import("./upcycle")).upcycle(...call),
  }),
});
