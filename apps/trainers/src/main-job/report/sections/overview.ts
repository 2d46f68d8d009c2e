import { type Html, html } from "@deepgrain/lab";
import { bytes, nats, percent, roundly } from "../../../report/numbers";
import { languageNames } from "../../translation-task";
import type { ReportInput } from "../report-input";

const tile = (label: string, value: string, note: string): Html =>
  html`<div><dt>${label}</dt><dd>${value}<small>${note}</small></dd></div>`;

/** What was done, in a few sentences. */
export function lead({ config }: ReportInput): string {
  const { experts, topK } = config.model;
  return `A small language model learnt English from Moby Dick and State of the Union addresses. Each token passes ${topK} of ${experts} small expert networks in a layer. Then the model had to learn something it had never seen, translating compiler messages into ${languageNames[config.task.language]}, by changing only the few experts that this task uses.`;
}

/** The figures that matter most. */
export function tiles({ results }: ReportInput): Html {
  const { pretrain, scores, esft, full } = results;
  return html`<dl class="tiles">
${
  pretrain && [
    tile(
      "size",
      roundly(pretrain.parameters),
      `parameters, ${roundly(pretrain.activatedParameters)} used per token`,
    ),
    tile(
      "held-out loss",
      nats(pretrain.validationLoss),
      `nats per token; ${nats(pretrain.unigramEntropy)} without context`,
    ),
  ]
}
${
  esft &&
  full &&
  scores && [
    tile(
      "weights trained for the task",
      percent(esft.trainedParameters / full.trainedParameters),
      `${roundly(esft.trainedParameters)} of ${roundly(full.trainedParameters)}`,
    ),
    tile("stored for the task", bytes(esft.bytes), `instead of ${bytes(full.bytes)}`),
  ]
}
</dl>`;
}
