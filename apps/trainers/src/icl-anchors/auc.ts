import { attentionAuc, cumulativeShare } from "@deepgrain/icl-anchors";
import { fields } from "@deepgrain/icl-anchors/fields";
import { meanList } from "@deepgrain/studies/shared/means";
import { following } from "../cli/batch-progress";
import { defineCommand } from "../cli/define-command";
import { flagsFrom } from "../cli/flags-from";
import { openPrompts, readingFlags, shown, writeResult } from "./open-prompts";

export const auc = defineCommand({
  description:
    "Prints how well, in each layer, attention from the answer position to the label words predicts the answer (AUCROC), and the share of the layers so far (R).",
  examples: [
    "anchors auc",
    "anchors auc --model gpt2 --task trec --data trec-train.tsv --test trec-test.tsv --seeds 5",
  ],
  flags: {
    ...readingFlags,
    ...flagsFrom(fields.auc),
  },
  async run({ against, json, ...given }, context) {
    const { model, sets, about } = await openPrompts(given, "fixed", context);
    const found = [];
    for (const { prompts, seed } of sets) {
      const run = following(context, `seed ${seed}`);
      found.push(await attentionAuc(model, prompts, { against, ...run }));
    }
    const mean = meanList(found.map((result) => result.auc));
    const share = cumulativeShare(mean);
    writeResult(context, {
      json,
      about,
      result: { against, auc: mean, share, classes: found.map(({ classes }) => classes) },
      head: ["layer", "AUCROC", "R"],
      body: mean.map((area, layer) => [String(layer), shown(area), shown(share?.[layer] ?? null)]),
    });
  },
});
