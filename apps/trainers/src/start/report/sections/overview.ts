import { type Html, html, signed, whole } from "@deepgrain/lab";
import { bytes, nats, percent, roundly } from "@deepgrain/studies/shared/numbers";
import { checkedTasks } from "@deepgrain/studies/shared/tasks/tasks";
import { accuracyOf } from "../../accuracy";
import type { ReportInput } from "../report-input";

const tile = (label: string, value: string, note: string): Html =>
  html`<div><dt>${label}</dt><dd>${value}<small>${note}</small></dd></div>`;

/** What was done, in a few sentences. */
export function lead({ config }: ReportInput): Html {
  const { experts, topK } = config.model;
  return html`<p class="lead">A small language model learnt from novels and speeches, source code, messages in fourteen languages, and licences. Each token passes through ${topK} of ${experts} small expert networks in a layer. Then the model had to learn something it could not do: ${checkedTasks[config.task.id].aim}. It learnt this by changing only the few experts that the task uses.</p>`;
}

/** The result in a sentence: right answers before and after, with how many weights, and what English lost. */
export function summary({ results: { scores, esft, full } }: ReportInput): Html | false {
  if (!scores || !esft || !full) return false;
  const [before, after, all] = [scores.base, esft, full].map((own) =>
    percent(accuracyOf(own).share),
  );
  const share = percent(esft.trainedParameters / full.trainedParameters);
  const [prose, proseBefore] = [esft.textLosses.prose, scores.base.textLosses.prose];
  const change =
    prose !== undefined &&
    proseBefore !== undefined &&
    `; the loss on English prose changed by ${signed(prose - proseBefore)} nats per token`;
  return html`<p>Training ${share} of the weights brought the right answers to held-out questions from ${before} to <b>${after}</b>
(all weights: ${all})${change}. One run with one seed.</p>`;
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
      "written words that occur in the training text",
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
