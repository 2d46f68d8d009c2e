import { accuracyInterval, type Html, html, pairedAnswers, scatter } from "@deepgrain/lab";
import { bytes, percent } from "@deepgrain/studies/shared/numbers";
import { type Spread, signed } from "@deepgrain/support/pages";
import { MOST_LOST, presets } from "../../job-config";
import { english } from "../../stages/measure-model";
import type { TuneResult } from "../../stages/tune-stages";
import type { ReportInput } from "../report-input";

/** A way to learn the task. */
interface Way {
  result: TuneResult;
  /** Rise of the loss on English, in nats per token. */
  lost: number;
}

/** Both ways, and for each question whether it was answered right before: 1 or 0. */
interface Trade {
  experts: Way;
  all: Way;
  before: readonly number[];
}

/** Rises of the loss on English that differ by less count as equal, in nats per token. */
const LEVEL = 0.02;

function tradeOf({ scores, esft, full }: ReportInput["results"]): Trade | undefined {
  const base = scores && english(scores.base);
  const [own, other] = [esft && english(esft), full && english(full)];
  if (base === undefined || own === undefined || other === undefined) return undefined;
  return {
    experts: { result: esft!, lost: own - base },
    all: { result: full!, lost: other - base },
    before: scores!.base.right,
  };
}

/** Right answers in percent, with Wilson's 95 % interval for a share of so many questions. */
function rightOf(marks: readonly number[]): Spread {
  const { share, low, high } = accuracyInterval(marks);
  return { mean: 100 * share, interval: [100 * low, 100 * high] };
}

/** The task's gain against the loss of English, a dot per way, with what each stores. */
function picture({ experts, all, before }: Trade, { config: { seed, tune } }: ReportInput): Html {
  const dot = (name: string, { result, lost }: Way, rate: number) => ({
    name: `${name} (rate ${rate}): ${bytes(result.bytes)} to store`,
    points: [{ x: lost, y: rightOf(result.right), label: bytes(result.bytes) }],
  });
  return scatter({
    label: "Right answers against the English that they cost",
    caption: `Upwards the task, to the right the English lost for it; beside each dot the size of what is stored for the task. Vertical lines: 95 % intervals of ${before.length} questions. One run, seed ${seed}.`,
    x: { label: "rise of the loss on English, nats per token" },
    y: { label: "right answers, %", domain: [0, 100] },
    groups: [
      { name: "before", color: "var(--muted)", points: [{ x: 0, y: rightOf(before) }] },
      dot("chosen experts only", experts, tune.expertRate),
      dot("all weights", all, tune.fullRate),
    ],
  });
}

/** Which way has the better of it; null where they are level. */
type Better = "experts" | "all" | null;

/** Which way answers more questions right: where the chance that both are equally good is below 5 %. */
function betterAtTask({ experts, all }: Trade): Better {
  const { onlyFirst, onlySecond, p } = pairedAnswers(all.result.right, experts.result.right);
  if (p >= 0.05) return null;
  return onlyFirst > onlySecond ? "all" : "experts";
}

/** Which way loses less English. */
function betterAtEnglish({ experts, all }: Trade): Better {
  if (Math.abs(all.lost - experts.lost) < LEVEL) return null;
  return all.lost > experts.lost ? "experts" : "all";
}

/** Which way has the better of at least one of both and the worse of none; both where each has one, null where they are level. */
function winnerOf(trade: Trade): Better | "both" {
  const [task, kept] = [betterAtTask(trade), betterAtEnglish(trade)];
  if (task !== null && kept !== null && task !== kept) return "both";
  return task ?? kept;
}

/** The outcome in a sentence or two. */
function conclusion(trade: Trade): string {
  const [task, kept] = [betterAtTask(trade), betterAtEnglish(trade)];
  const learns = task === null ? "answers about as many questions" : "answers more questions";
  const keeps = kept === null ? "loses about as much English" : "loses less English";
  switch (winnerOf(trade)) {
    case "experts":
      return `Training the chosen experts alone wins: it ${learns}, ${keeps} and stores less.`;
    case "all":
      return `Training all weights wins: it ${learns} and ${keeps}. What the chosen experts save is space.`;
    case "both":
      return task === "all"
        ? "Neither way wins both: training all weights answers more, training the chosen experts keeps more English."
        : "Neither way wins both: training the chosen experts answers more, training all weights keeps more English.";
    case null:
      return "Both ways learn the task equally well and lose as much English. What the chosen experts save is space.";
  }
}

/** Whether the fine-tuning is that of the size, at which its rates were chosen. */
function isTuned({ config: { preset, task, tune } }: ReportInput): boolean {
  const own = presets[preset];
  const isSame = (Object.keys(tune) as (keyof typeof tune)[]).every(
    (name) => tune[name] === own.tune[name],
  );
  return isSame && task.id === own.task.id;
}

/** How the rates were chosen. */
const ratesNote = (input: ReportInput): string =>
  isTuned(input)
    ? `Each way has its own best learning rate: of those tried on seed 101, the one with the most right answers where English lost at most ${MOST_LOST} nats.`
    : "The learning rates are those of the configuration.";

/** The role of the text in the batches. */
const textNote = ({ config: { tune } }: ReportInput): string =>
  tune.generalShare === 0
    ? "No text of pre-training is mixed into the batches, as for those who adapt a model without having what it was trained on. With half of each batch of that kind, all weights at a low rate lose hardly any English and answer more."
    : `Of each batch ${percent(tune.generalShare)} is text of pre-training, which keeps English in either way.`;

const shareOf = (marks: readonly number[]): string => percent(accuracyInterval(marks).share);

/** The result in a sentence. */
export function lead(input: ReportInput): string {
  const found = tradeOf(input.results);
  if (!found)
    return "A small mixture of experts learns to read and write; what it answers after fine-tuning is not measured yet.";
  const { experts, all } = found;
  const share = percent(experts.result.trainedParameters / all.result.trainedParameters);
  const kept = betterAtEnglish(found) ?? "level";
  const forgotten = { experts: "more", all: "less", level: "as much" }[kept];
  const start =
    input.config.preset === "quick" ? "A smoke test, too short to judge by: training" : "Training";
  return `${start} ${share} of the weights answers ${shareOf(experts.result.right)} of the questions right; training all of them ${shareOf(all.result.right)}, forgetting ${forgotten} of its English.`;
}

/** Gain and loss in words, as a picture and in numbers. */
export function trade(input: ReportInput): Html | false {
  const found = tradeOf(input.results);
  if (!found) return false;
  const { experts, all, before } = found;
  const share = percent(experts.result.trainedParameters / all.result.trainedParameters);
  return html`<p><b>${conclusion(found)}</b> Training ${share} of the weights brought the right answers to held-out questions from ${shareOf(before)} to
<b>${shareOf(experts.result.right)}</b>, and the loss on English changed by ${signed(experts.lost)} nats per token; all weights came to ${shareOf(all.result.right)} and
${signed(all.lost)}. ${bytes(experts.result.bytes)} are stored for the task instead of ${bytes(all.result.bytes)}.</p>
${picture(found, input)}
<p class="meta">${ratesNote(input)} ${textNote(input)}</p>`;
}
