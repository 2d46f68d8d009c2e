import { expertOverlap, meanConcentration } from "@deepgrain/esft";
import {
  curveOf,
  curves,
  estimate,
  estimateOf,
  type Html,
  html,
  matrix,
  resultOf,
  resultsOf,
  type Section,
  type StudyRuns,
  scatter,
  spread,
  table,
  whole,
} from "@deepgrain/lab";
import { type Column, count, size } from "../../report/columns";
import { percent } from "../../report/numbers";
import { experiments } from "./claims";
import { type TaskId, taskOf } from "./corpora";
import { costs } from "./cost-table";
import {
  atRates,
  fullAndEsft,
  groupMethods,
  type Method,
  mainMethods,
  partMethods,
  rankId,
  sweepMethods,
  sweepsOf,
  type TrainedId,
  thresholdId,
} from "./methods";
import { paperMarks } from "./paper-marks";
import { type EsftResult, type Measure, tuned, tuningId } from "./quantities";
import type { EsftSettings } from "./recipe";
import { type BaseScores, layersOf } from "./score-base";

type Runs = StudyRuns<EsftSettings, EsftResult>;

const TASK_LOSS = { label: "task loss, nats per token" };
const EXACT = { label: "share of right answers" };
const FORGETTING = { label: "forgetting, nats per token" };

const measured = (runs: Runs, measure: Measure, method: string, tasks: readonly TaskId[]) =>
  estimateOf(tuned(measure, method, "", tasks), runs);

/** The methods that were trained on a task. */
const trained = (runs: Runs, task: TaskId, methods: readonly Method[]) =>
  methods.filter(({ id }) => resultsOf(runs, tuningId(task, id)).length > 0);

/** Something per task, under its name. */
const perTask = ({ settings }: Runs, content: (task: TaskId) => Html): Html =>
  html`${settings.tasks.map((id) => {
    const { name, kind } = taskOf(id);
    return html`<h3>${name} (${kind})</h3>${content(id)}`;
  })}`;

const scoresOf = (runs: Runs): BaseScores[] => resultsOf(runs, "base").map(({ scores }) => scores!);

function concentration(runs: Runs): Html {
  const { experts, topK } = runs.settings;
  const scores = scoresOf(runs);
  const tasks = scores[0]!.flatMap(({ name, task }, i) => {
    if (task === null) return [];
    const shares = scores.map((own) => meanConcentration(layersOf(own[i]!.token)));
    return [{ name, means: Array.from(shares[0]!, (_, k) => estimate(shares.map((s) => s[k]!))) }];
  });
  const held = tasks.map(({ name, means }) => `${percent(means[topK - 1]!.mean)} (${name})`);
  const even = [0, experts].map((x) => ({ x, y: x / experts }));
  return curves({
    label: "Share of choices that the best experts hold",
    caption: `Best first, mean over layers. The ${topK} best of ${experts} hold ${held.join(", ")}; even use would be ${percent(topK / experts)}.`,
    x: { label: "best experts of a layer", domain: [0, experts] },
    y: { label: "share of the choices", isPercent: true, domain: [0, 1] },
    series: [
      ...tasks.map(({ name, means }) => ({
        ...{ name, points: [{ x: 0, y: 0 }, ...means.map((y, k) => ({ x: k + 1, y }))] },
      })),
      { name: "even use", color: "var(--muted)", points: even },
    ],
  });
}

function overlap(runs: Runs): Html {
  const { experts, topK } = runs.settings;
  const scores = scoresOf(runs);
  const names = scores[0]!.map(({ name }) => name);
  const shared = (own: BaseScores, a: number, b: number) => {
    const other = a === b ? own[b]!.again : own[b]!.token;
    return expertOverlap(layersOf(own[a]!.token), layersOf(other), topK);
  };
  const value = (a: number, b: number) => estimate(scores.map((own) => shared(own, a, b))).mean;
  const tasks = scores[0]!.filter(({ task }) => task !== null).length;
  return matrix({
    label: "Best experts that two texts share",
    caption: `How many of the ${topK} best experts of a layer two texts share, mean over layers and seeds; on the diagonal two samples of one text. The first ${tasks} are the tasks. By chance ${((topK * topK) / experts).toFixed(1)} would be shared.`,
    ...{ rows: names, columns: names, max: topK, format: (x) => x.toFixed(1) },
    values: names.map((_, a) => names.map((__, b) => value(a, b))),
  });
}

const columns: readonly Column<Measure>[] = [
  ["trained", "trainedParameters", count],
  ["stored", "storedBytes", size],
  ["exact match", "exact", spread],
  ["task loss", "loss", spread],
  ["chrF", "chrF", spread],
  ["forgetting", "forgetting", spread],
];

/** Methods on a task, a row each. */
function methodTable(runs: Runs, task: TaskId, methods: readonly Method[]): Html {
  const head = ["method", "rate", ...columns.map(([name]) => name), "paper: task, general"];
  const body = trained(runs, task, methods).map(({ id, name, rate }) => {
    const values = columns.map(([, of, show]) => [measured(runs, of, id, [task]), show] as const);
    const cells = values.map(([value, show]) => (value ? show(value) : "–"));
    return [name, rate === 0 ? "–" : String(rate), ...cells, paperMarks(id, taskOf(task).kind)];
  });
  return table(head, body);
}

/** The methods of B-3 that train. */
const training = ({ settings }: Runs) => mainMethods(settings).filter(({ rate }) => rate > 0);

function learning(runs: Runs, task: TaskId): Html {
  const points = ({ tuning }: EsftResult) =>
    tuning!.curve.map(({ step, loss }) => ({ x: step, y: loss }));
  return curves({
    label: `Task loss over fine-tuning steps, ${taskOf(task).name}`,
    ...{ x: { label: "fine-tuning step" }, y: TASK_LOSS },
    series: trained(runs, task, training(runs)).map(({ id, name }) => ({
      ...{ name, points: curveOf(runs, tuningId(task, id), points) },
    })),
  });
}

function samples(runs: Runs): Html {
  const rows = runs.settings.tasks.flatMap((task) =>
    ["vanilla", "full", "esft-token"].flatMap((method) => {
      const own = resultOf(runs, tuningId(task, method), runs.seeds[0]!)?.tuning?.samples ?? [];
      return own.map(({ prompt, answer, output }) => [prompt, answer, method, output.trim()]);
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

const methods = (runs: Runs): Html =>
  html`${perTask(runs, (task) => html`${learning(runs, task)}${methodTable(runs, task, mainMethods(runs.settings))}`)}
<p class="meta">${leftOut(runs)} Loss on held-out answers in nats per token; exact match and chrF of answers to held-out questions. The paper's
marks are means of its tasks of the same kind, and of its general benchmarks.</p>${samples(runs)}`;

/** Forgetting against a measure of the task, every method at every rate. */
function frontier(runs: Runs, task: TaskId, of: "exact" | "loss", x: typeof TASK_LOSS): Html {
  const groups = training(runs).map(({ id, name }) => {
    const points = atRates(id as TrainedId, runs.settings).map((one) => ({
      x: measured(runs, of, one.id, [task]),
      y: measured(runs, "forgetting", one.id, [task]),
      label: String(one.rate),
    }));
    return { name, points, isLinked: true };
  });
  const label = `Forgetting against ${x.label}, ${taskOf(task).name}`;
  return scatter({ label, x, y: FORGETTING, groups });
}

const retention = (runs: Runs): Html => {
  const { settings } = runs;
  const ids = Object.keys(settings.rates) as TrainedId[];
  const every = ids.flatMap((id) => atRates(id, settings));
  return html`${perTask(
    runs,
    (task) => html`${frontier(runs, task, "exact", EXACT)}${frontier(runs, task, "loss", TASK_LOSS)}
<details><summary>Every rate</summary>${methodTable(runs, task, every)}</details>`,
  )}
<p class="meta">Forgetting is the mean rise of the loss on held-out text of the other kinds that the base model was trained on; below 0
it fell, as half of each batch is such text. Each method at several peak rates, which are written beside its points, with one
standard error to each side. A method that learns less forgets less: the claims compare forgetting where a method's line reaches
${percent(settings.equalScore)} of right answers, and say nothing of a method that does not reach them.</p>`;
};

function sweep(runs: Runs): Html {
  const { settings } = runs;
  const { thresholds, ranks } = sweepsOf(settings);
  const points = (measure: Measure, values: readonly number[], idOf: typeof rankId) =>
    values.flatMap((value) => {
      const id = idOf(value, settings);
      const x = measured(runs, "trainedParameters", id, settings.tasks);
      const y = measured(runs, measure, id, settings.tasks);
      return x && y ? [{ x: x.mean, y, label: String(value) }] : [];
    });
  const chart = (measure: "loss" | "forgetting", y: typeof TASK_LOSS) =>
    curves({
      label: `${y.label} against trained parameters`,
      x: { label: "trained parameters", isLog: true },
      y,
      series: [
        { name: "ESFT-Token, by p", points: points(measure, thresholds, thresholdId) },
        { name: "LoRA, by rank", points: points(measure, ranks, rankId) },
      ].map((one) => ({ ...one, hasDots: true })),
    });
  return html`${chart("loss", TASK_LOSS)}${chart("forgetting", FORGETTING)}<p class="meta">Mean over tasks and seeds.</p>
<details><summary>Task by task</summary>${perTask(runs, (task) => methodTable(runs, task, sweepMethods(settings)))}</details>`;
}

/** FFT and ESFT-Token with further methods beside them. */
const beside = (runs: Runs, methods: readonly Method[]): Html => {
  const rows = [...fullAndEsft(runs.settings), ...methods];
  return perTask(runs, (task) => methodTable(runs, task, rows));
};

function samplesAgree(runs: Runs): Html {
  const { topK, experts, tasks } = runs.settings;
  const points = ({ agreement }: EsftResult, id: TaskId) =>
    agreement!.flatMap(({ task, tokens: x, overlap: y }) => (task === id ? [{ x, y }] : []));
  return curves({
    label: "Best experts that two samples of a task share",
    caption: `How many of the ${topK} best experts of a layer, mean over layers; by chance ${((topK * topK) / experts).toFixed(1)}.`,
    x: { label: "tokens of a sample", isLog: true },
    y: { label: "best experts shared", domain: [0, topK] },
    series: tasks.map((task) => ({
      ...{ name: taskOf(task).name, hasDots: true },
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
passes ${own.topK}, and ${own.sharedExperts} shared; each read ${tokens} tokens. Fine-tunings have ${own.tuneSteps} steps, in which
${percent(own.generalShare)} of each batch is such text.</p><p class="meta">Wang et al. 2024, ESFT (arXiv 2407.01906); DeepSeekMoE (Dai et al. 2024, arXiv 2401.06066); LoRA
(Hu et al. 2022). Texts: State of the Union addresses, Moby Dick, RxJS, node-gyp, SPDX licences, messages of the TypeScript
compiler, the CMU Pronouncing Dictionary.</p>`;
}

type Shown = Section<EsftSettings, EsftResult>;

const shown = (experiment: keyof typeof experiments, content: (runs: Runs) => Html): Shown => ({
  ...{ experiment, title: experiments[experiment], content: ({ runs }) => content(runs) },
});

/** What the report shows besides the claims. */
export const sections: readonly Shown[] = [
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
