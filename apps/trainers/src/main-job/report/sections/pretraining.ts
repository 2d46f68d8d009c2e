import { type Html, html, section, whole } from "@deepgrain/lab";
import { nats, roundly } from "../../../report/numbers";
import { duration } from "../../duration";
import { lossChart } from "../charts/loss-chart";
import type { ReportInput } from "../report-input";

function samples({ metrics }: ReportInput): Html {
  const records = metrics.filter(({ stage, type }) => stage === "pretrain" && type === "sample");
  if (records.length === 0) return html``;
  const steps = [...new Set(records.map(({ step }) => step))];
  const shown = new Set([steps[0], steps.at(-1)]);
  return html`
<h3>What it writes</h3>
<p>The same beginnings continued early and at the end. At this size the model picks up words, names and the rhythm of
sentences, not yet their sense.</p>
${records
  .filter(({ step }) => shown.has(step))
  .map(
    ({
      step,
      prompt,
      text,
    }) => html`<blockquote><p><b>${String(prompt)}</b>${String(text).replaceAll(/\n\s*/g, "\n")}</p>
<footer class="meta">after ${whole(step)} steps</footer></blockquote>`,
  )}`;
}

/** How the model learnt English. */
export function pretraining(input: ReportInput): Html | false {
  const { results, metrics, config } = input;
  const { pretrain, tokenizer } = results;
  if (!metrics.some(({ stage }) => stage === "pretrain")) return false;
  return section(
    "Learning English",
    html`${
      tokenizer &&
      html`<p>A byte-level BPE tokenizer of ${whole(tokenizer.vocabSize)} tokens was learnt from
${roundly(tokenizer.characters)} characters first.</p>`
    }
<p>The loss is the mean surprise at the next token. A model that only knew how often each token occurs could not get below
the dashed line, the entropy of the held-out text's token frequencies. What lies below it is what the model has learnt about
how tokens follow each other.</p>
${lossChart(metrics, pretrain?.unigramEntropy)}
${
  pretrain &&
  html`<p>After ${whole(config.pretrain.steps)} steps (${roundly(pretrain.tokensRead)} tokens, ${duration(pretrain.seconds)})
the loss on ${whole(pretrain.validationTokens)} held-out tokens is <b>${nats(pretrain.validationLoss)}</b> nats, against
${nats(pretrain.unigramEntropy)} for token frequencies alone. In other words, the model hesitates between
${whole(Math.exp(pretrain.validationLoss))} equally likely tokens instead of ${whole(Math.exp(pretrain.unigramEntropy))}.</p>`
}
${samples(input)}`,
  );
}
