import { type Html, html } from "../../../report/html";
import { bytes, nats, percent, roundly, signed } from "../../../report/numbers";
import { duration } from "../../duration";
import { languageNames } from "../../translation-task";
import { tuningChart } from "../charts/tuning-chart";
import type { ReportInput } from "../report-input";

const ways = [
  { stage: "gentle", color: "var(--muted)" },
  { stage: "full", color: "var(--first)" },
  { stage: "esft", color: "var(--second)" },
];

type Results = Required<Omit<ReportInput["results"], "gentle">> & ReportInput["results"];

function table({ scores, esft, gentle, full }: Results): Html {
  const base = scores!.base;
  const rows = [
    { name: "before fine-tuning", ...base, trained: null },
    { name: "chosen experts only", ...esft!, trained: esft! },
    { name: "all weights", ...full!, trained: full! },
    ...(gentle ? [{ name: "all weights, gently", ...gentle, trained: gentle }] : []),
  ];
  return html`<div class="scroll"><table>
<thead><tr><th></th><th>task loss</th><th>English loss</th><th>forgotten</th><th>weights trained</th><th>stored</th><th>time</th></tr></thead>
<tbody>${rows.map(
    ({ name, taskLoss, englishLoss, trained }) => html`<tr><td>${name}</td>
<td>${nats(taskLoss)}</td><td>${nats(englishLoss)}</td>
<td>${trained ? signed(englishLoss - base.englishLoss) : "–"}</td>
<td>${trained ? `${roundly(trained.trainedParameters)} (${percent(trained.trainedParameters / full!.trainedParameters)})` : "–"}</td>
<td>${trained ? bytes(trained.bytes) : "–"}</td>
<td>${trained ? duration(trained.seconds) : "–"}</td></tr>`,
  )}</tbody></table></div>`;
}

function verdict({ scores, esft, gentle, full }: Results): Html {
  const gained = (loss: number) => scores!.base.taskLoss - loss;
  const forgotten = (loss: number) => loss - scores!.base.englishLoss;
  const share = gained(esft!.taskLoss) / gained(full!.taskLoss);
  const [own, other] = [forgotten(esft!.englishLoss), forgotten(full!.englishLoss)];
  return html`<p>Training the chosen experts brought ${percent(share)} of the improvement that training all weights brought,
with ${percent(esft!.trainedParameters / full!.trainedParameters)} of the trained weights. The loss on English changed by
${signed(own)} nats, against ${signed(other)} when everything was trained:
${own < other ? "less" : "more"} was forgotten.</p>
${
  gentle &&
  html`<p>Forgetting less can also be bought by learning less: all weights, changed at a smaller rate, came to a task loss of
${nats(gentle.taskLoss)} with English changed by ${signed(forgotten(gentle.englishLoss))}. Compare that with the chosen experts
before crediting their choice alone with what was kept. What it saves in any case are trained weights and storage.</p>`
}`;
}

function translations({ scores, esft, full }: Results, language: string): Html {
  const samples = scores!.base.samples.map((sample, i) => ({
    ...sample,
    esft: esft!.samples[i]?.output ?? "",
    full: full!.samples[i]?.output ?? "",
  }));
  return html`<h3>Held-out messages</h3>
<p>Some training this short does not make a translator; it shows what each way picked up.</p>
<div class="scroll"><table class="words">
<thead><tr><th>message</th><th>${language} by people</th><th>chosen experts</th><th>all weights</th></tr></thead>
<tbody>${samples.map(
    (sample) =>
      html`<tr><td>${sample.english}</td><td>${sample.reference}</td><td>${sample.esft}</td><td>${sample.full}</td></tr>`,
  )}</tbody></table></div>`;
}

/** Fine-tuning of a few experts against fine-tuning of everything. */
export function comparison({ results, metrics, config }: ReportInput): Html {
  if (!metrics.some(({ stage }) => stage === "esft")) return html``;
  const language = languageNames[config.task.language];
  const { scores, esft, full } = results;
  const isComplete = scores && esft && full;
  return html`
<section>
<h2>Learning a task with a few experts</h2>
<p>The task: translate the TypeScript compiler's messages into ${language}. Both ways start from the same model and read the
same batches; one changes only the chosen experts, the other every weight.</p>
<figure>${tuningChart(metrics, ways)}
<figcaption><span class="key second"></span>chosen experts only &ensp;<span class="key first"></span>all weights${config.tune.gentleRate !== null && html` &ensp;<span class="key third"></span>all weights, gently`}. Loss on
messages held out, counted on the translations alone.</figcaption></figure>
${
  isComplete && [
    table(results as Results),
    verdict(results as Results),
    translations(results as Results, language),
  ]
}
</section>`;
}
