import { expertOverlap, meanConcentration } from "@deepgrain/esft";
import {
  curveOf,
  curves,
  type Estimate,
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
import { bytes, percent } from "../../report/numbers";
import type { MethodCost } from "./measure-costs";
import { type Method, mainMethods, rankId, sweepMethods, thresholdId } from "./methods";
import { paperMarks } from "./paper-marks";
import { cost, type EsftResult, type Measure, tuned, tuningId } from "./quantities";
import type { EsftSettings } from "./recipe";
import { layersOf } from "./score-base";
import { type TaskId, taskOf } from "./tasks";

type Runs = StudyRuns<EsftSettings, EsftResult>;

const TASK_LOSS = { label: "task loss, nats per token" };
const FORGETTING = { label: "forgetting, nats per token" };

const measured = (runs: Runs, measure: Measure, method: string, tasks: readonly TaskId[]) =>
  estimateOf(tuned(measure, method, "", tasks), runs);

/** The methods that were trained on a task. */
const trained = (runs: Runs, task: TaskId, methods: readonly Method[]) =>
  methods.filter(({ id }) => resultsOf(runs, tuningId(task, id)).length > 0);

const scoresOf = (runs: Runs) => resultsOf(runs, "base").map(({ scores }) => scores!);

function concentration(runs: Runs): Html {
  const { experts, topK } = runs.settings;
  const scores = scoresOf(runs);
  const tasks = scores[0]!.flatMap(({ name, task }, i) => {
    if (task === null) return [];
    const shares = scores.map((own) => meanConcentration(layersOf(own[i]!.token)));
    const means = Array.from({ length: experts }, (_, k) => estimate(shares.map((s) => s[k]!)));
    return [{ name, means }];
  });
  const held = tasks.map(({ name, means }) => `${percent(means[topK - 1]!.mean)} (${name})`);
  return curves({
    label: "Share of choices that the best experts hold",
    caption: `Best first, mean over layers. The ${topK} best of ${experts} hold ${held.join(", ")}; even use would be ${percent(topK / experts)}.`,
    x: { label: "best experts of a layer", domain: [0, experts] },
    y: { label: "share of the choices", isPercent: true, domain: [0, 1] },
    series: [
      ...tasks.map(({ name, means }) => ({
        name,
        points: [{ x: 0, y: 0 }, ...means.map((y, k) => ({ x: k + 1, y }))],
      })),
      {
        name: "even use",
        points: [0, experts].map((x) => ({ x, y: x / experts })),
        color: "var(--muted)",
      },
    ],
  });
}

function overlap(runs: Runs): Html {
  const { experts, topK } = runs.settings;
  const scores = scoresOf(runs);
  const texts = scores[0]!;
  const value = (a: number, b: number) =>
    estimate(
      scores.map((own) => {
        const [left, right] = [own[a]!, own[b]!];
        const other = a === b ? right.again : right.token;
        return expertOverlap(layersOf(left.token), layersOf(other), topK);
      }),
    ).mean;
  const tasks = texts.filter(({ task }) => task !== null).length;
  return matrix({
    label: "Best experts that two texts share",
    caption: `How many of the ${topK} best experts of a layer two texts share, mean over layers and seeds; on the diagonal two samples of one text. The first ${tasks} are the tasks. By chance ${((topK * topK) / experts).toFixed(1)} would be shared.`,
    rows: texts.map(({ name }) => name),
    columns: texts.map(({ name }) => name),
    values: texts.map((_, a) => texts.map((__, b) => value(a, b))),
    max: topK,
    format: (x) => x.toFixed(1),
  });
}

const columns: readonly (readonly [string, Measure, (value: Estimate) => string])[] = [
  ["trained", "trainedParameters", ({ mean }) => whole(mean)],
  ["stored", "storedBytes", ({ mean }) => bytes(mean)],
  ["task loss", "loss", spread],
  ["exact", "exact", spread],
  ["chrF", "chrF", spread],
  ["forgetting", "forgetting", spread],
];

/** Methods on a task, a row each. */
function methodTable(runs: Runs, task: TaskId, methods: readonly Method[]): Html {
  const head = ["method", "rate", ...columns.map(([name]) => name), "paper: task, general"];
  const body = trained(runs, task, methods).map(({ id, name, rate }) => [
    name,
    rate === 0 ? "–" : String(rate),
    ...columns.map(([, measure, show]) => {
      const value = measured(runs, measure, id, [task]);
      return value ? show(value) : "–";
    }),
    paperMarks(id, taskOf(task).kind),
  ]);
  return table(head, body);
}

const headed = (task: TaskId, content: Html) =>
  html`<h3>${taskOf(task).name} (${taskOf(task).kind})</h3>${content}`;

/** The methods of B-3 that train. */
const training = ({ settings }: Runs) => mainMethods(settings).filter(({ rate }) => rate > 0);

const learning = (runs: Runs, task: TaskId): Html =>
  curves({
    label: `Task loss over fine-tuning steps, ${taskOf(task).name}`,
    x: { label: "fine-tuning step" },
    y: TASK_LOSS,
    series: trained(runs, task, training(runs)).map(({ id, name }) => ({
      name,
      points: curveOf(runs, tuningId(task, id), ({ tuning }) =>
        tuning!.curve.map(({ step, loss }) => ({ x: step, y: loss })),
      ),
    })),
  });

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

const methods = (runs: Runs): Html =>
  html`${runs.settings.tasks.map((task) =>
    headed(
      task,
      html`${learning(runs, task)}${methodTable(runs, task, mainMethods(runs.settings))}`,
    ),
  )}
<p class="meta">Loss on held-out answers in nats per token; exact match and chrF of answers to held-out questions. The paper's
marks are means of its tasks of the same kind, and of its general benchmarks.</p>${samples(runs)}`;

const retention = (runs: Runs): Html =>
  html`${runs.settings.tasks.map((task) =>
    headed(
      task,
      scatter({
        label: `Forgetting against task loss, ${taskOf(task).name}`,
        x: TASK_LOSS,
        y: FORGETTING,
        groups: trained(runs, task, training(runs)).map(({ id, name }) => ({
          name,
          points: [
            { x: measured(runs, "loss", id, [task]), y: measured(runs, "forgetting", id, [task]) },
          ],
        })),
      }),
    ),
  )}
<p class="meta">Forgetting is the mean rise of the loss on held-out text of the other kinds that the base model was trained on.
Left is good at the task, low has forgotten little.</p>`;

function sweep(runs: Runs): Html {
  const { settings } = runs;
  const inOrder = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
  const points = (measure: Measure, values: readonly number[], idOf: typeof rankId) =>
    values.flatMap((value) => {
      const id = idOf(value, settings);
      const x = measured(runs, "trainedParameters", id, settings.tasks);
      const y = measured(runs, measure, id, settings.tasks);
      return x && y ? [{ x: x.mean, y, label: String(value) }] : [];
    });
  const [ps, ranks] = [
    inOrder([...settings.sweepP, settings.tokenP]),
    inOrder([...settings.sweepRanks, settings.loraRank]),
  ];
  const chart = (measure: "loss" | "forgetting", y: typeof TASK_LOSS) =>
    curves({
      label: `${y.label} against trained parameters`,
      x: { label: "trained parameters", isLog: true },
      y,
      series: [
        { name: "ESFT-Token, by p", points: points(measure, ps, thresholdId), hasDots: true },
        { name: "LoRA, by rank", points: points(measure, ranks, rankId), hasDots: true },
      ],
    });
  return html`${chart("loss", TASK_LOSS)}${chart("forgetting", FORGETTING)}<p class="meta">Mean over tasks and seeds.</p>
<details><summary>Task by task</summary>${settings.tasks.map((task) => headed(task, methodTable(runs, task, sweepMethods(settings))))}</details>`;
}

const paperCosts: Readonly<Record<string, string>> = {
  full: "28.5 min, 28.6 GB",
  lora: "16.5 min, least",
  "esft-token": "19.8 min, 2.57 GB",
  "esft-gate": "20.9 min, 3.20 GB",
};

function costs(runs: Runs): Html {
  const of = (id: string, field: keyof Omit<MethodCost, "method">) =>
    estimateOf(cost("", field, id, ""), runs);
  const cell = (
    id: string,
    field: keyof Omit<MethodCost, "method">,
    show: (value: Estimate) => string,
  ) => {
    const [own, full] = [of(id, field), of("full", field)];
    return own && full ? `${show(own)} (${(own.mean / full.mean).toFixed(2)}×)` : "–";
  };
  const size = ({ mean }: Estimate) => bytes(mean);
  const timed = mainMethods(runs.settings).filter(({ id }) => of(id, "peakBytes"));
  const body = timed.map(({ id, name }) => {
    const stored = measured(runs, "storedBytes", id, runs.settings.tasks);
    return [
      name,
      cell(id, "trainedParameters", ({ mean }) => whole(mean)),
      cell(id, "millisecondsPerStep", spread),
      cell(id, "gradientBytes", size),
      cell(id, "optimizerBytes", size),
      cell(id, "peakBytes", size),
      stored ? size(stored) : "–",
      paperCosts[id] ?? "–",
    ];
  });
  const head = ["method", "trained", "ms per step", "gradients", "optimiser", "peak memory"];
  return html`${table([...head, "stored", "paper"], body)}<p class="meta">Steps on one thread, the methods taking turns, median.
Peak memory is that of all tensors, weights included. Multiples are of full fine-tuning. The paper's minutes are of complete
trainings on its machines.</p>`;
}

function about({ settings: own }: Runs): Html {
  const tokens = whole(own.pretrainSteps * own.batch * own.length);
  return html`<p>Base models have width ${own.hiddenSize}, ${own.layers} layers, ${own.experts} routed experts of which a token
passes ${own.topK}, and ${own.sharedExperts} shared; each read ${tokens} tokens. Fine-tunings have ${own.tuneSteps} steps, in which
${percent(own.generalShare)} of each batch is such text.</p><p class="meta">Wang et al. 2024, ESFT (arXiv 2407.01906); DeepSeekMoE (Dai et al. 2024, arXiv 2401.06066); LoRA
(Hu et al. 2022). Texts: State of the Union addresses, Moby Dick, RxJS, node-gyp, SPDX licences, messages of the TypeScript
compiler, the CMU Pronouncing Dictionary.</p>`;
}

type OwnSection = Section<EsftSettings, EsftResult>;

const of = (experiment: string, title: string, content: (runs: Runs) => Html): OwnSection => ({
  experiment,
  title,
  content: ({ runs }) => content(runs),
});

/** What the report shows besides the claims. */
export const sections: readonly OwnSection[] = [
  of("B-1", "Few experts do most of the work", concentration),
  of("B-2", "Tasks use different experts", overlap),
  of("B-3", "Methods on the task", methods),
  of("B-4", "What is retained", retention),
  of("B-5", "Threshold and rank", sweep),
  of("B-10", "Time and storage", costs),
  { title: "Sizes and sources", content: ({ runs }) => about(runs) },
];
