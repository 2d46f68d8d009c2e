import { readExpertScores, selectExperts, writeExpertConfig } from "@deepgrain/esft";
import { defineCliCommand } from "../../cli/define-command";
import { numberFlag } from "../../cli/number-flag";
import { official } from "./shared-args";

export const select = defineCliCommand({
  name: "select",
  description: "Chooses in each layer the fewest experts that cover a share of a task's score.",
  examples: [
    "esft select --scores scores/task --out expert_cfg.json",
    "esft select --scores scores/task --score-function gate --top-p 0.1 --out expert_cfg.json",
  ],
  args: {
    scores: {
      type: "string",
      required: true,
      valueHint: "dir",
      alias: official("expert_scores_dir"),
      description: "Folder with summary.json or trace files",
    },
    out: {
      type: "string",
      required: true,
      valueHint: "file",
      alias: official("output_path"),
      description: "Where to write expert_cfg.json",
    },
    "score-function": {
      type: "enum",
      options: ["token", "gate"],
      default: "token",
      alias: "score_function",
      description: "Count choices, or add gate values",
    },
    "top-p": {
      type: "string",
      alias: "top_p",
      description: "Share to cover. Default 0.2 for token, 0.1 for gate",
    },
    "train-shared-experts": {
      type: "boolean",
      alias: "train_shared_experts",
      description: "Train shared experts too",
    },
    "train-non-expert-modules": {
      type: "boolean",
      alias: "train_non_expert_modules",
      description: "Train everything outside the experts too",
    },
    json: { type: "boolean", description: "The result as JSON" },
  },
  async run(args, { resolve, write, progress, signal }) {
    const topP = numberFlag("top-p", args["top-p"], { max: 1, whole: false });
    const scores = await readExpertScores(resolve(args.scores), { signal });
    const { config, warnings } = selectExperts(scores, {
      scoreFunction: args["score-function"] as "token" | "gate",
      sharedExperts: args["train-shared-experts"] === true,
      nonExpertModules: args["train-non-expert-modules"] === true,
      ...(topP === undefined ? {} : { topP }),
    });
    for (const { layer, total, topP: wanted } of warnings)
      progress.note(
        `layer ${layer}: all used experts together reach ${total.toFixed(3)} of ${wanted}`,
      );
    const out = resolve(args.out);
    await writeExpertConfig(out, config);
    const counts = [...config.experts.values()].map((list) => list.length);
    const mean = counts.reduce((sum, n) => sum + n, 0) / counts.length;
    progress.note(
      `${mean.toFixed(2)} experts a layer, from ${Math.min(...counts)} to ${Math.max(...counts)}`,
    );
    const experts = Object.fromEntries(config.experts);
    write(args.json ? `${JSON.stringify({ out, experts, warnings })}\n` : `${out}\n`);
  },
});
