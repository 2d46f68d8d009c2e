import { type Html, html } from "../../../report/html";
import { bytes, nats, percent, roundly } from "../../../report/numbers";
import { languageNames } from "../../translation-task";
import type { ReportInput } from "../report-input";

const tile = (label: string, value: string, note: string): Html =>
  html`<div><dt>${label}</dt><dd>${value}<small>${note}</small></dd></div>`;

/** Title, what was done in a sentence, and the figures that matter most. */
export function overview({ name, config, results }: ReportInput): Html {
  const { pretrain, scores, esft, full } = results;
  const language = languageNames[config.task.language];
  const { experts, topK } = config.model;
  return html`
<header>
<p class="meta">Deepgrain · run ${name} · seed ${config.seed}</p>
<h1>A mixture of experts, trained from scratch and then specialised</h1>
<p class="lead">A small language model learnt English from Moby Dick and State of the Union addresses. Each token passes
${topK} of ${experts} small expert networks in a layer. Then the model had to learn something it had never seen, translating
compiler messages into ${language}, by changing only the few experts that this task uses.</p>
<dl class="tiles">
${
  pretrain && [
    tile(
      "size",
      roundly(pretrain.parameters),
      `parameters, ${roundly(pretrain.activatedParameters)} used for a token`,
    ),
    tile(
      "held-out loss",
      nats(pretrain.validationLoss),
      `nats a token; ${nats(pretrain.unigramEntropy)} without context`,
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
</dl>
</header>`;
}
