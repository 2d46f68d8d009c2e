import {
  accuracyInterval,
  type Html,
  html,
  pairedAnswers,
  section,
  signed,
  verdict as standing,
  table,
} from "@deepgrain/lab";
import { bytes, nats, percent, roundly } from "@deepgrain/studies/shared/numbers";
import { checkedTasks } from "@deepgrain/studies/shared/tasks/tasks";
import { duration } from "../../../cli/duration";
import { measuringNote, packingNote } from "../../../run/packing-note";
import type { Measured } from "../../stages/measure-model";
import { tuningChart } from "../charts";
import type { ReportInput } from "../report-input";
import { answerTable } from "./switching";

type Results = Required<ReportInput["results"]>;

/** What the main job aims at: held-out answers that are right after fine-tuning, and nats that English may lose. */
const AIM = { accuracy: 0.6, before: 0.1, english: 0.2 };

const english = ({ textLosses }: Measured): number => textLosses.prose ?? Number.NaN;

/** A share with its interval: "62 % (58 to 66)". */
function accuracy(measured: Measured): string {
  const { share, low, high } = accuracyInterval(measured.right);
  return `${percent(share)} (${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)})`;
}

function numbers({ scores, esft, full }: Results): Html {
  const base = scores!.base;
  const rows = [
    { name: "before fine-tuning", ...base, trained: null },
    { name: "chosen experts only", ...esft!, trained: esft! },
    { name: "all weights", ...full!, trained: full! },
  ];
  const head = [
    "right answers, 95 % interval",
    "task loss, nats per token",
    "English loss, nats per token",
    "change",
    "English perplexity",
    "weights trained",
    "stored",
    "time",
  ];
  const body = rows.map(({ name, trained, ...measured }) => [
    name,
    accuracy(measured),
    nats(measured.taskLoss),
    nats(english(measured)),
    trained ? signed(english(measured) - english(base)) : "–",
    Math.exp(english(measured)).toFixed(1),
    trained
      ? `${roundly(trained.trainedParameters)} (${percent(trained.trainedParameters / full!.trainedParameters)})`
      : "–",
    trained ? bytes(trained.bytes) : "–",
    trained ? duration(trained.seconds) : "–",
  ]);
  return table(["model", ...head], body);
}

/** What training and measuring left out. */
function packed({ scores }: Results, { tune: { sequenceLength } }: ReportInput["config"]): Html {
  const { train, heldOut } = scores!.packing;
  const unmeasured = measuringNote(heldOut, sequenceLength);
  return html`<p class="meta">Trained on ${packingNote(train, sequenceLength)}. Task losses are means over all answer tokens of the
held-out questions, each read whole and alone${unmeasured ? `; ${unmeasured}` : ""}.</p>`;
}

/** What was aimed at, and what was reached. */
function verdict({ scores, esft, full }: Results): Html {
  const [before, own, all] = [scores!.base, esft!, full!].map((model) =>
    accuracyInterval(model.right),
  );
  const lost = english(esft!) - english(scores!.base);
  const misses = [
    before!.share >= AIM.before && `the model answered ${percent(before!.share)} before`,
    own!.share < AIM.accuracy &&
      `the accuracy is ${(100 * (AIM.accuracy - own!.share)).toFixed(1)} points below ${percent(AIM.accuracy)}`,
    lost > AIM.english && `English lost ${nats(lost)} nats, ${nats(lost - AIM.english)} too many`,
  ].filter((miss) => miss !== false);
  const { onlyFirst, onlySecond, p } = pairedAnswers(full!.right, esft!.right);
  const share = percent(esft!.trainedParameters / full!.trainedParameters);
  return html`<p>With ${share} of the weights trained, the chosen experts brought the right answers from ${percent(before!.share)} to
<b>${percent(own!.share)}</b>, and the loss on English changed by ${signed(lost)} nats; all weights came to ${percent(all!.share)} with
${signed(english(full!) - english(scores!.base))}. Of ${own!.asked} questions, the fully trained model alone answered ${onlyFirst}
right, and the chosen experts alone ${onlySecond} (McNemar's exact test, p ${p < 0.001 ? "< 0.001" : `= ${p.toFixed(3)}`}).</p>
<p>The aim was to go from below ${percent(AIM.before)} to ${percent(AIM.accuracy)} or more while English loses ${AIM.english} nats at
most: ${misses.length === 0 ? standing("good", "reached") : html`${standing("bad", "not reached")}, as ${misses.join(" and ")}`}.</p>
<p class="meta">These are the numbers of one run with one seed: another seed gives others, and what differs by little here need not
differ there. <code>deepgrain compare esft</code> trains several models and tests each difference; its sweep is where the rates of
both ways come from. The general text in each
batch, which both ways read alike, is a part of what English gains or loses.</p>`;
}

/** Fine-tuning of a few experts against fine-tuning of everything. */
export function comparison({ results, metrics, config }: ReportInput): Html | false {
  if (!metrics.some(({ stage }) => stage === "esft")) return false;
  const { scores, esft, full } = results;
  const { aim } = checkedTasks[config.task.id];
  const { generalShare, expertRate, fullRate } = config.tune;
  const outputs = (name: string, { samples }: Measured) => ({
    name,
    outputs: samples.map(({ output }) => output),
  });
  return section(
    "Learning a task with a few experts",
    html`<p>The task: ${aim}. None of the held-out questions is in the training data. Training only experts and training all weights start from the same model and read the same
batches, ${percent(generalShare)} of them text of pre-training (half in the paper); one changes only the chosen experts (at a learning rate of
${expertRate}), the other every weight (at ${fullRate}).</p>
${tuningChart(metrics)}
${
  scores &&
  esft &&
  full && [
    numbers(results as Results),
    packed(results as Results, config),
    verdict(results as Results),
    html`<h3>Held-out questions</h3>`,
    answerTable(scores.base.samples, [
      outputs("before", scores.base),
      outputs("chosen experts", esft),
      outputs("all weights", full),
    ]),
  ]
}`,
  );
}
