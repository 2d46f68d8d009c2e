import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { following } from "@deepgrain/command-line/terminal/batch-progress";
import { attentionAuc, cumulativeShare } from "@deepgrain/icl-anchors";
import { meanList } from "@deepgrain/studies/shared/means";
import type { aucFlags } from "./flags";
import { openPrompts, shown, writeResult } from "./open-prompts";

/** `anchors auc`. */
export const auc: RunCommand<typeof aucFlags> = async ({ against, json, ...given }, context) => {
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
};
