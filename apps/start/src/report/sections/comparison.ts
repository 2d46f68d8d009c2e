import { duration } from "@deepgrain/command-line/terminal/duration";
import { measuringNote, packingNote } from "@deepgrain/command-line/trainings/packing-note";
import { accuracyInterval, type Html, html, pairedAnswers, section, table } from "@deepgrain/lab";
import { bytes, nats, percent, roundly } from "@deepgrain/studies/shared/numbers";
import { checkedTasks } from "@deepgrain/studies/shared/tasks/tasks";
import { signed } from "@deepgrain/support/pages";
import { english, type Measured } from "../../stages/measure-model";
import { tuningChart } from "../charts";
import type { ReportInput } from "../report-input";
import { answerTable } from "./switching";

type Results = Required<ReportInput["results"]>;

/** A share with its interval: "62 % (58 to 66)". */
function accuracy(measured: Measured): string {
  const { share, low, high } = accuracyInterval(measured.right);
  return `${percent(share)} (${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)})`;
}

/** How the loss on English changed, that loss, and perplexity. */
const englishCells = (loss: number | undefined, before: number | undefined): string[] => [
  loss === undefined || before === undefined ? "–" : signed(loss - before),
  loss === undefined ? "–" : nats(loss),
  loss === undefined ? "–" : Math.exp(loss).toFixed(1),
];

function numbers({ scores, esft, full }: Results): Html {
  const base = scores!.base;
  const rows = [
    { name: "before fine-tuning", ...base, trained: null },
    { name: "chosen experts only", ...esft!, trained: esft! },
    { name: "all weights", ...full!, trained: full! },
  ];
  const head = [
    "right answers, 95 % interval",
    "change of the loss on English",
    "English loss, nats per token",
    "English perplexity",
    "task loss, nats per token",
    "weights trained",
    "stored",
    "time",
  ];
  const body = rows.map(({ name, trained, ...measured }) => [
    name,
    accuracy(measured),
    ...englishCells(english(measured), trained ? english(base) : undefined),
    nats(measured.taskLoss),
    trained
      ? `${roundly(trained.trainedParameters)} (${percent(trained.trainedParameters / full!.trainedParameters)})`
      : "–",
    trained ? bytes(trained.bytes) : "–",
    trained ? duration(trained.seconds) : "–",
  ]);
  return table(["model", ...head], body);
}

/** Omissions of training and measuring. */
function packed({ scores }: Results, { tune: { sequenceLength } }: ReportInput["config"]): Html {
  const { train, heldOut } = scores!.packing;
  const unmeasured = measuringNote(heldOut, sequenceLength);
  return html`<p class="meta">Trained on ${packingNote(train, sequenceLength)}. Task losses are means over all answer tokens of the
held-out questions, each read whole and alone${unmeasured ? `; ${unmeasured}` : ""}.</p>`;
}

/** How sure the difference between both ways is. */
function certainty({ esft, full }: Results): Html {
  const { onlyFirst, onlySecond, p } = pairedAnswers(full!.right, esft!.right);
  return html`<p>Of ${esft!.right.length} questions, the fully trained model alone answered ${onlyFirst} right, and the chosen experts
alone ${onlySecond}. If both were equally good, a split as uneven as this would come by chance ${p < 0.001 ? "less than once in 1,000 times" : `with probability ${p.toFixed(3)}`}.</p>
<p class="meta">These are the numbers of one run with one seed: another seed gives others, and what differs by little here need not
differ there. <code>deepgrain compare esft</code> trains several models and tests each difference.</p>`;
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
batches, ${generalShare > 0 ? percent(generalShare) : "none"} of them text of pre-training (half in the paper's main runs); one changes only the chosen experts (at a learning rate of
${expertRate}), the other every weight (at ${fullRate}).</p>
${tuningChart(metrics)}
${
  scores &&
  esft &&
  full && [
    numbers(results as Results),
    packed(results as Results, config),
    certainty(results as Results),
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
