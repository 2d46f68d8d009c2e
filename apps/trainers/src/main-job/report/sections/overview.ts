import { type Html, html, whole } from "@deepgrain/lab";
import { bytes, nats, percent, roundly } from "../../../report/numbers";
import { checkedTasks } from "../../../tasks/tasks";
import { accuracyOf } from "../../accuracy";
import type { ReportInput } from "../report-input";

const tile = (label: string, value: string, note: string): Html =>
  html`<div><dt>${label}</dt><dd>${value}<small>${note}</small></dd></div>`;

/** What was done, in a few sentences. */
export function lead({ config }: ReportInput): string {
  const { experts, topK } = config.model;
  return `A small language model learnt from novels and speeches, source code, messages in fourteen languages, and licences. Each token passes ${topK} of ${experts} small expert networks in a layer. Then the model had to learn something it could not do, to ${checkedTasks[config.task.id].aim}, by changing only the few experts that this task uses.`;
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
      "words written that are words",
      percent(pretrain.words.known / pretrain.words.words),
      `of ${whole(pretrain.words.words)}; held-out loss ${nats(pretrain.validationLoss)} nats per token`,
    ),
  ]
}
${
  esft &&
  full &&
  scores && [
    tile(
      "right answers",
      percent(accuracyOf(esft).share),
      `${percent(accuracyOf(scores.base).share)} before; ${percent(accuracyOf(full).share)} with all weights trained`,
    ),
    tile(
      "weights trained for the task",
      percent(esft.trainedParameters / full.trainedParameters),
      `${roundly(esft.trainedParameters)} of ${roundly(full.trainedParameters)}; ${bytes(esft.bytes)} stored instead of ${bytes(full.bytes)}`,
    ),
  ]
}
</dl>`;
}
