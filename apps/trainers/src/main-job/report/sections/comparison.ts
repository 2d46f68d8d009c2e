import { type Html, html, section, signed, table } from "@deepgrain/lab";
import { bytes, nats, percent, roundly } from "../../../report/numbers";
import { measuringNote, packingNote } from "../../../training/packing-note";
import { duration } from "../../duration";
import { languageNames } from "../../translation-task";
import { tuningChart } from "../charts/tuning-chart";
import type { ReportInput } from "../report-input";

type Results = Required<Omit<ReportInput["results"], "gentle">> & ReportInput["results"];

function numbers({ scores, esft, gentle, full }: Results): Html {
  const base = scores!.base;
  const rows = [
    { name: "before fine-tuning", ...base, trained: null },
    { name: "chosen experts only", ...esft!, trained: esft! },
    { name: "all weights", ...full!, trained: full! },
    ...(gentle ? [{ name: "all weights, gently", ...gentle, trained: gentle }] : []),
  ];
  const head = ["task loss", "English loss", "forgotten", "weights trained", "stored", "time"];
  const share = (parameters: number) => percent(parameters / full!.trainedParameters);
  const body = rows.map(({ name, taskLoss, englishLoss, trained }) => [
    name,
    nats(taskLoss),
    nats(englishLoss),
    trained ? signed(englishLoss - base.englishLoss) : "–",
    trained ? `${roundly(trained.trainedParameters)} (${share(trained.trainedParameters)})` : "–",
    trained ? bytes(trained.bytes) : "–",
    trained ? duration(trained.seconds) : "–",
  ]);
  return table(["", ...head], body);
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
  const body = scores!.base.samples.map(({ english, reference }, i) => [
    english,
    reference,
    esft!.samples[i]?.output ?? "",
    full!.samples[i]?.output ?? "",
  ]);
  const head = ["message", `${language} by people`, "chosen experts", "all weights"];
  return html`<h3>Held-out messages</h3>
<p>Some training this short does not make a translator; it shows what each way picked up.</p>
${table(head, body, { text: [0, 1, 2, 3] })}`;
}

/** What training and measuring left out. */
function packed({ scores }: Results, { tune: { sequenceLength } }: ReportInput["config"]) {
  if (!scores!.packing) return false;
  const { train, heldOut } = scores!.packing;
  const unmeasured = measuringNote(heldOut, sequenceLength);
  return html`<p class="meta">Trained on ${packingNote(train, sequenceLength)}. Losses are means over all answer tokens of the
held-out messages, each read whole and alone${unmeasured ? `; ${unmeasured}` : ""}.</p>`;
}

/** Fine-tuning of a few experts against fine-tuning of everything. */
export function comparison({ results, metrics, config }: ReportInput): Html | false {
  if (!metrics.some(({ stage }) => stage === "esft")) return false;
  const language = languageNames[config.task.language];
  const { scores, esft, full } = results;
  const isComplete = scores && esft && full;
  return section(
    "Learning a task with a few experts",
    html`<p>The task: translate the TypeScript compiler's messages into ${language}. Both ways start from the same model and read the
same batches; one changes only the chosen experts, the other every weight.</p>
${tuningChart(metrics, config.tune.gentleRate !== null)}
${
  isComplete && [
    numbers(results as Results),
    packed(results as Results, config),
    verdict(results as Results),
    translations(results as Results, language),
  ]
}`,
  );
}
