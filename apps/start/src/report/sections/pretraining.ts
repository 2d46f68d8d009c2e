import { duration } from "@deepgrain/command-line/terminal/duration";
import type { LoadRecord } from "@deepgrain/command-line/trainings/drive-training";
import { type Html, html, section, table } from "@deepgrain/lab";
import type { WordCheck } from "@deepgrain/lm";
import { nats, percent, roundly } from "@deepgrain/studies/shared/numbers";
import { whole } from "@deepgrain/support/pages";
import { lossChart } from "../charts";
import type { ReportInput } from "../report-input";

function samples({ metrics, results, config }: ReportInput): Html {
  const records = metrics.filter(({ stage, type }) => stage === "pretrain" && type === "sample");
  if (records.length === 0) return html``;
  const steps = [...new Set(records.map(({ step }) => step))];
  const shown = new Set([steps[0], steps.at(-1)]);
  const { temperature, topP } = config.sampling;
  return html`
<h3>What it writes</h3>
<p>The same beginnings continued at the first evaluation and at the best one, at temperature ${temperature} and top-p ${topP}
(drawn from the likeliest tokens that together have a probability of ${topP}).
${results.pretrain && wordsNote(results.pretrain.words)}</p>
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

const wordsNote = ({ words, known, longestCopy, copied }: WordCheck): Html =>
  html`Of ${whole(words)} words written this way, ${percent(known / words)} occur in the text it was trained on. The longest run that
stands there word for word has ${longestCopy} words: “${copied}”.`;

/** How the model learnt to read and write. */
export function pretraining(input: ReportInput): Html | false {
  const { results, metrics, config } = input;
  const { pretrain, tokenizer } = results;
  if (!metrics.some(({ stage }) => stage === "pretrain")) return false;
  return section(
    "Learning to write",
    html`${
      tokenizer &&
      html`<p>A byte-level BPE tokenizer (byte-pair encoding: frequent neighbours are merged) of
${whole(tokenizer.vocabSize)} tokens was learnt from ${roundly(tokenizer.characters)} characters first.</p>`
    }
<p>The loss is the mean surprise at the next token. A model that only knew how often each token occurs could not get below
the grey dashed line, the entropy of the held-out text's token frequencies. What lies below it is what the model has learnt about
how tokens follow each other.</p>
${lossChart(metrics, pretrain?.unigramEntropy)}
${
  pretrain &&
  html`<p>After ${whole(config.pretrain.steps)} steps (${roundly(pretrain.tokensRead)} tokens, ${duration(pretrain.seconds)})
the loss on ${whole(pretrain.validationTokens)} held-out tokens of English prose is <b>${nats(pretrain.validationLoss)}</b> nats, against
${nats(pretrain.unigramEntropy)} for token frequencies alone. Its perplexity, e to the power of the loss, says the same: the model
hesitates between ${whole(Math.exp(pretrain.validationLoss))} equally likely tokens instead of ${whole(Math.exp(pretrain.unigramEntropy))}.</p>`
}
${samples(input)}`,
  );
}

function row({ layer, counts, maxViolation, droppedFraction }: LoadRecord): string[] {
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  const idle = [...counts.keys()].filter((expert) => counts[expert] === 0);
  return [
    layer.replace(/^model\.layers\.(\d+)\.mlp$/, "layer $1"),
    percent(Math.min(...counts) / total),
    percent(Math.max(...counts) / total),
    maxViolation.toFixed(2),
    percent(droppedFraction),
    idle.length === 0 ? "none" : idle.join(", "),
  ];
}

const HEAD = ["layer", "least used", "most used", "MaxVio", "dropped", "idle"];

/** How evenly the experts are used at the end of pre-training. */
export function expertLoad({ metrics }: ReportInput): Html | false {
  const last = metrics.findLast(({ stage, type }) => stage === "pretrain" && type === "load");
  if (!last) return false;
  return section(
    "Is every expert at work?",
    html`<p>Choices of each layer's experts on held-out text after ${whole(last.step)} steps. MaxVio is how far the busiest expert
lies above the mean, 0 in perfect balance. Idle experts got none of these tokens. Dropped are choices of the last training
batch beyond a device's capacity, where there is one.</p>
${table(HEAD, (last.layers as LoadRecord[]).map(row))}`,
  );
}
