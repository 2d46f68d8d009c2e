import { meanConcentration, overlapMatrix } from "@deepgrain/esft";
import {
  curveOf,
  curves,
  estimate,
  type Html,
  html,
  resultOf,
  resultsOf,
  type Section,
  scatter,
  table,
} from "@deepgrain/lab";
import { spread, whole } from "@deepgrain/support/pages";
import { concentrationChart, overlapChart, sharedByChance } from "../shared/expert-charts";
import { layersOf } from "../shared/layer-rows";
import { percent } from "../shared/numbers";
import { listed } from "../shared/outcome-text";
import type { TaskId } from "../shared/tasks/tuning-task-ids";
import { taskOf } from "../shared/tasks/tuning-tasks";
import { costs } from "./cost-table";
import { experiments } from "./introduction";
import {
  FORGETTING,
  measured,
  methodTable,
  perTask,
  type Runs,
  SHARE,
  TASK_LOSS,
  trained,
  training,
} from "./method-table";
import {
  fullAndEsft,
  groupMethods,
  type Method,
  mainMethods,
  methodNames,
  partMethods,
  rankId,
  sweepMethods,
  sweepsOf,
  thresholdId,
  variedTasksOf,
} from "./methods";
import { paperMarks } from "./paper-marks";
import { type EsftResult, type Measure, tuningId } from "./quantities";
import type { EsftSettings } from "./recipe";
import { retention } from "./retention";
import type { BaseScores } from "./score-base";

const languages = new Intl.DisplayNames("en", { type: "language" });

/** A name short enough for phones: "messages, es" as "Spanish messages", "messages in Turkish" as "Turkish messages". */
const textName = (name: string): string =>
  name
    .replace(/^messages in (.+)$/, "$1 messages")
    .replace(/^messages, (.+)$/, (_, code: string) => `${languages.of(code)} messages`);

const scoresOf = (runs: Runs): BaseScores[] => resultsOf(runs, "base").map(({ scores }) => scores!);

function concentration(runs: Runs): Html {
  const { experts, topK } = runs.settings;
  const scores = scoresOf(runs);
  const tasks = scores[0]!.flatMap(({ name, task }, i) => {
    if (task === null) return [];
    const own = scores.map((texts) => meanConcentration(layersOf(texts[i]!.token)));
    return [{ name, shares: Array.from(own[0]!, (_, k) => estimate(own.map((s) => s[k]!))) }];
  });
  const held = tasks.map(({ name, shares }) => `${percent(shares[topK - 1]!.mean)} (${name})`);
  return concentrationChart(
    tasks,
    `Best first, mean over layers. The ${topK} best of ${experts} hold ${held.join(", ")}; even use would be ${percent(topK / experts)}.`,
  );
}

function overlap(runs: Runs): Html {
  const { experts, topK } = runs.settings;
  const scores = scoresOf(runs);
  const names = scores[0]!.map(({ name }) => textName(name));
  const maps = scores.map((texts) => {
    const of = (what: "token" | "again") =>
      new Map(texts.map((text) => [text.name, layersOf(text[what])]));
    return overlapMatrix(of("token"), topK, { same: of("again") }).overlap;
  });
  const values = names.map((_, a) =>
    names.map((__, b) => estimate(maps.map((own) => own[a]![b]!)).mean),
  );
  const tasks = scores[0]!.filter(({ task }) => task !== null).length;
  const own = listed(runs.settings.tasks.map((id) => textName(taskOf(id).name)));
  return overlapChart(names, values, {
    topK,
    caption: `How many of the ${topK} best experts of a layer two texts share, mean over layers and seeds; on the diagonal two samples of one text. The first ${tasks} are tasks; models are fine-tuned on ${own}. By chance ${sharedByChance(topK, experts)} would be shared.`,
  });
}

function learning(runs: Runs, task: TaskId): Html {
  const points = ({ tuning }: EsftResult) =>
    tuning!.curve.flatMap(({ step, loss }) => (step > 0 ? { x: step, y: loss } : []));
  return curves({
    label: `Task loss over fine-tuning steps, ${taskOf(task).name}`,
    caption: "From the first evaluation on. Bands: 95 % intervals over seeds.",
    x: { label: "fine-tuning step" },
    y: { ...TASK_LOSS, isLog: true },
    series: trained(runs, task, training(runs)).map(({ id, name }) => ({
      name,
      points: curveOf(runs, tuningId(task, id), points),
    })),
  });
}

function samples(runs: Runs): Html {
  const rows = runs.settings.tasks.flatMap((task) =>
    (["vanilla", "full", "esft-token"] as const).flatMap((method) => {
      const own = resultOf(runs, tuningId(task, method), runs.seeds[0]!)?.tuning?.samples ?? [];
      return own.map(({ prompt, answer, output }) => [
        ...[prompt, answer, methodNames[method], output.trim()],
      ]);
    }),
  );
  const head = ["question", "wanted", "method", "answer"];
  return html`<details><summary>A few answers</summary>${table(head, rows, { text: [0, 1, 2, 3] })}</details>`;
}

/** How many pairs of each task did not fit a sequence. */
function leftOut(runs: Runs): string {
  const parts = runs.settings.tasks.flatMap((task) => {
    const [own] = resultsOf(runs, tuningId(task, "vanilla"));
    const { pairs, of } = own?.tuning?.tooLong ?? { pairs: 0, of: 0 };
    return of > 0 ? [`${pairs} of ${of} (${taskOf(task).name})`] : [];
  });
  const list = parts.join(", ");
  return list && `Pairs are read whole; longer than a sequence and left out: ${list}.`;
}

/** The mark of base models on each task, beside that of full fine-tuning. */
function before(runs: Runs): Html {
  const { tasks } = runs.settings;
  const rows = tasks.map((task) => {
    const [base, full] = ["vanilla", "full"].map((id) => measured(runs, "mark", id, [task]));
    const share = base && full && full.mean > 0 ? percent(base.mean / full.mean) : "–";
    const cells = [base, full].map((mark) => (mark ? spread(mark, SHARE) : "–"));
    return [taskOf(task).name, ...cells, share];
  });
  const [base, full] = [paperMarks("vanilla", "enhancement"), paperMarks("full", "enhancement")];
  return html`${table(["task", "before, %", "FFT, %", "before over FFT"], rows)}<p class="meta">Marks: exact match of number words and languages, chrF
of the others. The paper's marks on mathematics and code, and on general benchmarks: ${base} before, ${full} after full fine-tuning.</p>`;
}

const methods = (runs: Runs): Html =>
  html`${perTask(runs.settings.tasks, (task) => html`${learning(runs, task)}${methodTable(runs, task, mainMethods(runs.settings))}`)}
<p class="meta">${leftOut(runs)} ESFT-Token has threshold p = ${runs.settings.tokenP}, ESFT-Gate ${runs.settings.gateP}, LoRA rank ${runs.settings.loraRank}.
Loss on held-out answers in nats per token; exact match and chrF of answers to held-out questions. The paper's
marks are means of its tasks of the same kind, and of its general benchmarks.</p>${samples(runs)}`;

function sweep(runs: Runs): Html {
  const { settings } = runs;
  const { thresholds, ranks } = sweepsOf(settings);
  const tasks = variedTasksOf(settings);
  const points = (measure: Measure, values: readonly number[], idOf: typeof rankId) =>
    values.flatMap((value) => {
      const id = idOf(value, settings);
      const x = measured(runs, "trainedParameters", id, tasks);
      const y = measured(runs, measure, id, tasks);
      return x && y ? [{ x: x.mean, y, label: String(value) }] : [];
    });
  const chart = (measure: "loss" | "forgetting", y: typeof TASK_LOSS) =>
    curves({
      label: `${y.label} against trained parameters`,
      x: { label: "trained parameters", isLog: true },
      y,
      series: [
        { name: "ESFT-Token, by threshold p", points: points(measure, thresholds, thresholdId) },
        { name: "LoRA, by rank", points: points(measure, ranks, rankId) },
      ].map((one) => ({ ...one, hasDots: true })),
    });
  return html`${chart("loss", TASK_LOSS)}${chart("forgetting", FORGETTING)}<p class="meta">Mean over seeds and ${listed(tasks.map((id) => taskOf(id).name))}.</p>
<details><summary>Task by task</summary>${perTask(tasks, (task) => methodTable(runs, task, sweepMethods(settings)))}</details>`;
}

/** FFT and ESFT-Token with further methods beside them. */
const beside = (runs: Runs, methods: readonly Method[]): Html => {
  const rows = [...fullAndEsft(runs.settings), ...methods];
  return perTask(variedTasksOf(runs.settings), (task) => methodTable(runs, task, rows));
};

function samplesAgree(runs: Runs): Html {
  const { topK, experts, tasks } = runs.settings;
  const points = ({ agreement }: EsftResult, id: TaskId) =>
    agreement!.flatMap(({ task, tokens: x, overlap: y }) => (task === id ? [{ x, y }] : []));
  return curves({
    label: "Best experts that two samples of a task share",
    caption: `How many of the ${topK} best experts of a layer, mean over layers; by chance ${sharedByChance(topK, experts)}.`,
    x: { label: "tokens of a sample", isLog: true },
    y: { label: "best experts shared", domain: [0, topK] },
    series: tasks.map((task) => ({
      name: taskOf(task).name,
      hasDots: true,
      points: curveOf(runs, "samples", (own) => points(own, task)),
    })),
  });
}

const coarser = (runs: Runs): Html =>
  html`${beside(runs, groupMethods(runs.settings))}<p class="meta">Experts that tokens of the base model's texts choose together are
merged to wider ones, fewer of which are active. Forgetting counts from the model before that, and so includes what merging costs.</p>`;

function about({ settings: own }: Runs): Html {
  const tokens = whole(own.pretrainSteps * own.batch * own.length);
  return html`<p>Base models have width ${own.hiddenSize}, ${own.layers} layers, ${own.experts} routed experts of which a token
uses ${own.topK}, and ${own.sharedExperts} shared; each read ${tokens} tokens. Fine-tunings have ${own.tuneSteps} steps, in which
${percent(own.generalShare)} of each batch is such text.</p><p class="meta">Wang et al. 2024, ESFT (arXiv 2407.01906); DeepSeekMoE (Dai et al. 2024, arXiv 2401.06066); LoRA
(Hu et al. 2022). Texts: State of the Union addresses, Moby Dick, RxJS, node-gyp, SPDX licences, messages of the TypeScript
compiler, the CMU Pronouncing Dictionary.</p>`;
}

/** Marks against the weights that are trained for them, a point per method, the mean over tasks. */
export function picture({ runs }: { runs: Runs }): Html | false {
  const { settings } = runs;
  const groups = mainMethods(settings).flatMap(({ id, name, rate }) => {
    const x = measured(runs, "trainedParameters", id, settings.tasks);
    const y = measured(runs, "mark", id, settings.tasks);
    return rate > 0 && x && y ? [{ name, points: [{ x: x.mean, y }], endLabel: name }] : [];
  });
  if (groups.length === 0) return runs.experiments.includes("B-1") && concentration(runs);
  return scatter({
    label: "Marks against the weights that are trained",
    caption: `Mean over ${listed(settings.tasks.map((id) => taskOf(id).name))} and seeds; lines: 95 % intervals. Higher is better; further left less is trained and stored.`,
    x: { label: "trained weights", isLog: true },
    y: { label: "mark, %", bounds: SHARE },
    groups,
  });
}

type Shown = Section<EsftSettings, EsftResult>;

const shown = (experiment: keyof typeof experiments, content: (runs: Runs) => Html): Shown => ({
  experiment,
  title: experiments[experiment],
  content: ({ runs }) => content(runs),
});

/** The report's sections besides the claims. */
export const sections: readonly Shown[] = [
  shown("B-0", before),
  shown("B-1", concentration),
  shown("B-2", overlap),
  shown("B-3", methods),
  shown("B-4", retention),
  shown("B-5", sweep),
  shown("B-6", (runs) => beside(runs, partMethods(runs.settings))),
  shown("B-7", samplesAgree),
  shown("B-8", coarser),
  shown("B-10", costs),
  { title: "Sizes and sources", content: ({ runs }) => about(runs) },
];
