import {
  curveOf,
  curves,
  estimate,
  type Html,
  html,
  resultsOf,
  type Section,
  type StudyRuns,
  spread,
  table,
} from "@deepgrain/lab";
import { pairedBootstrap, recommendN } from "@deepgrain/prm";
import { type Choice, choiceIds, choices } from "./candidates";
import { learnings } from "./claims";
import type { LabelMeasures } from "./label-study";
import type { Learning } from "./learn-from-rewards";
import type { ShepherdSettings } from "./recipe";
import type { ShepherdResult } from "./results";

type Runs = StudyRuns<ShepherdSettings, ShepherdResult>;

const pipelines = (runs: Runs) =>
  resultsOf(runs, "pipeline").flatMap(({ pipeline }) => pipeline ?? []);

const solverLabels = (runs: Runs) =>
  resultsOf(runs, "solver").flatMap(({ solver }) => solver ?? []);

const percent = (share: number) => (100 * share).toFixed(1);

/** A mean over seeds in percent, with its error. */
const percents = (values: readonly number[]) =>
  values.length === 0 ? "–" : spread(estimate(values.map((value) => 100 * value)));

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

/** Accuracy of hard labels over N beside what hit rates predict. */
function labelSection(runs: Runs): Html {
  const kinds = [
    ["solver with constant hit rates", "solver", solverLabels(runs)],
    ["fine-tuned policy", "pipeline", pipelines(runs).map(({ labels }) => labels)],
  ] as const;
  const read = ({ solver, pipeline }: ShepherdResult) => solver ?? pipeline!.labels;
  const series = kinds.flatMap(([name, id, all]) =>
    all.length === 0
      ? []
      : [
          {
            name: `${name}, measured`,
            hasDots: true,
            points: curveOf(runs, id, (result) =>
              read(result).quality.map(({ n, hardAccuracy }) => ({
                x: Math.log2(n),
                y: 100 * hardAccuracy,
                label: String(n),
              })),
            ),
          },
          {
            name: `${name}, predicted`,
            points: curveOf(runs, id, (result) =>
              read(result).predicted.map((y, i) => ({ x: i, y: 100 * y, label: String(2 ** i) })),
            ),
          },
        ],
  );
  const peak = (all: readonly LabelMeasures[]) => {
    const best = all.map(({ quality }) =>
      quality.reduce((top, one) => (one.hardAccuracy > top.hardAccuracy ? one : top)),
    );
    return best.map(({ n }) => n).join(", ");
  };
  const expected = (all: readonly LabelMeasures[]) =>
    all
      .map((own) => {
        const isUseful = own.badHit < own.goodHit && own.badHit > 0 && own.goodHit < 1;
        return isUseful ? recommendN(own).peak.toFixed(1) : "–";
      })
      .join(", ");
  const rows = kinds
    .filter(([, , all]) => all.length > 0)
    .map(([name, , all]) => {
      const gaps = all.map(({ quality, predicted }) =>
        Math.max(...quality.map(({ hardAccuracy }, i) => Math.abs(hardAccuracy - predicted[i]!))),
      );
      return [
        name,
        percents(all.map(({ goodShare }) => goodShare)),
        percents(all.map(({ goodHit }) => goodHit)),
        percents(all.map(({ badHit }) => badHit)),
        percents(gaps),
        peak(all),
        expected(all),
      ];
    });
  return html`${curves({
    label: "Hard labels that are right, over completions per step",
    caption:
      "Percent of steps before the last. Predicted: from the hit rates of right and of wrong prefixes.",
    x: { label: "N, as a power of two" },
    y: { label: "right labels, %" },
    series,
  })}${table(
    [
      "completer",
      "good steps, %",
      "π, %",
      "ρ, %",
      "largest gap, points",
      "best N per seed",
      "N* of mean π, ρ",
    ],
    rows,
  )}`;
}

function softSection(runs: Runs): Html {
  return curves({
    label: "Loss of soft labels, over completions per step",
    x: { label: "N, as a power of two" },
    y: { label: "cross-entropy to the truth, nats" },
    series: [
      {
        name: "fine-tuned policy",
        hasDots: true,
        points: curveOf(runs, "pipeline", ({ pipeline }) =>
          pipeline!.labels.quality.map(({ n, softLoss }) => ({
            x: Math.log2(n),
            y: softLoss,
            label: String(n),
          })),
        ),
      },
    ],
  });
}

/** The paper's best of 256 on GSM8K and MATH500 with LLaMA2-70B. */
const published: Partial<Record<Choice, string>> = {
  sc: "88.0 / 39.4",
  orm: "91.8 / 40.4",
  "sc-orm": "92.0 / 42.0",
  prm: "93.2 / 44.5",
  "sc-prm": "92.4 / 45.2",
};

const interval = ({ mean: value, low, high }: ReturnType<typeof pairedBootstrap>) =>
  `${value < 0 ? "−" : "+"}${Math.abs(100 * value).toFixed(1)} (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`.replaceAll(
    "-",
    "−",
  );

function verifySection(runs: Runs): Html {
  const all = pipelines(runs);
  const greedy = all.map((own) => own.greedy);
  const rows = choiceIds.map((id) => {
    const solved = all.map((own) => own.choices[id].solved);
    return [
      choices[id].name,
      percents(solved.map(mean)),
      interval(pairedBootstrap(greedy, solved)),
      id === "sc"
        ? "–"
        : interval(
            pairedBootstrap(
              all.map((own) => own.choices.sc.solved),
              solved,
            ),
          ),
      published[id] ?? "–",
    ];
  });
  return html`${curves({
    label: "Held-out problems solved, over solutions sampled",
    caption: "Percent; the score of a solution is its last step's unless said otherwise.",
    x: { label: "solutions, as a power of two" },
    y: { label: "solved, %" },
    series: choiceIds
      .filter((id) => id !== "oracle")
      .map((id) => ({
        name: choices[id].name,
        points: curveOf(runs, "pipeline", ({ pipeline }) =>
          pipeline!.choices[id].accuracy.map(({ n, accuracy }) => ({
            x: Math.log2(n),
            y: 100 * accuracy,
            label: String(n),
          })),
        ),
      })),
  })}${table(
    ["choice", "solved, %", "more than greedy", "more than SC", "paper: GSM8K / MATH500"],
    [["SFT, greedy", percents(greedy.map(mean)), "–", "–", "–"], ...rows],
  )}<p>Differences in points, with 95 % intervals of a bootstrap over problems and seeds. The paper's numbers are best of 256 with LLaMA2-70B.</p>`;
}

/** The paper's greedy accuracies on GSM8K and MATH of LLaMA2-7B. */
const afterLearning: Record<Learning, string> = {
  rft: "68.5 / 19.9",
  "ppo-outcome": "70.8 / 20.8",
  "ppo-step": "73.2 / 21.6",
};

function learningSection(runs: Runs): Html {
  const all = pipelines(runs);
  const rows = (Object.keys(learnings) as Learning[]).map((id) => {
    const own = resultsOf(runs, id).flatMap(({ learned }) => learned ?? []);
    if (own.length === 0 || own.length !== all.length)
      return [learnings[id], "–", "–", "–", "–", afterLearning[id]];
    const solved = own.map((one) => one.solved);
    return [
      learnings[id],
      percents(solved.map(mean)),
      interval(
        pairedBootstrap(
          all.map(({ greedy }) => greedy),
          solved,
        ),
      ),
      spread(estimate(own.map(({ steps }) => steps))),
      spread(estimate(own.map(({ kl }) => kl))),
      afterLearning[id],
    ];
  });
  const sft = [
    "SFT",
    percents(all.map(({ greedy }) => mean(greedy))),
    "–",
    spread(estimate(all.map(({ greedySteps }) => greedySteps))),
    "–",
    "66.6 / 19.2",
  ];
  return html`${table(
    [
      "policy, greedy",
      "solved, %",
      "more than SFT",
      "steps per answer",
      "KL per answer, nats",
      "paper: GSM8K / MATH",
    ],
    [sft, ...rows],
  )}<p>Differences in points, with 95 % intervals of a bootstrap over problems and seeds. Step rewards are scores minus one half, which does not pay for more steps. The paper's numbers are those of LLaMA2-7B.</p>`;
}

function healthSection(runs: Runs): Html {
  const all = pipelines(runs).map(({ scores, pool }) => ({ ...scores, ...pool }));
  const over = (key: keyof Omit<(typeof all)[number], "bins">, isShare = true) =>
    isShare ? percents(all.map((own) => own[key])) : spread(estimate(all.map((own) => own[key])));
  return html`${curves({
    label: "Reliability of the PRM's step scores",
    caption:
      "Share of truly right steps among those of a score; the dashed line of a calibrated model is the diagonal.",
    x: { label: "mean score" },
    y: { label: "right steps" },
    series: [
      ...pipelines(runs).map(({ scores }, i) => ({
        name: `seed ${runs.seeds[i]}`,
        hasDots: true,
        points: scores.bins.map(({ meanScore, meanLabel }) => ({ x: meanScore, y: meanLabel })),
      })),
      { name: "calibrated", points: [0, 1].map((x) => ({ x, y: x })) },
    ],
  })}${table(
    ["PRM on held-out candidates", ""],
    [
      ["steps on the right side of one half, %", over("accuracy")],
      ["F1 of first errors, %", over("firstErrorF1")],
      ["expected calibration error against the truth", over("expectedError", false)],
      ["lowest score on the last step, %: PRM", over("shiftPrm")],
      ["the same, ORM", over("shiftOrm")],
      ["training solutions", over("solutions", false)],
      ["training steps labelled good, %", over("good")],
    ],
  )}<p>The share of solutions whose lowest score is the last one's is 44.5 % for Math-Shepherd-7B and 17.5 to 18 % for Qwen2.5-Math-PRM (2501.07301).</p>`;
}

const sources = html`<p class="meta">Wang et al. 2024, Math-Shepherd (arXiv 2312.08935). The paper trains models of 7 to 70 billion parameters on GSM8K and MATH;
here all models have about a tenth of a million and solve made-up word problems whose right steps are known, so that orderings can be compared,
not numbers. ${""}Held-out problems are the same for all seeds.</p>`;

/** What the report shows beside the claims. */
export const sections: readonly Section<ShepherdSettings, ShepherdResult>[] = [
  {
    title: "What labels are worth",
    experiment: "E-1",
    content: ({ runs }) => [labelSection(runs), softSection(runs)],
  },
  {
    title: "Choosing among solutions",
    experiment: "E-4",
    content: ({ runs }) => verifySection(runs),
  },
  {
    title: "Learning from rewards",
    experiment: "E-9",
    content: ({ runs }) => learningSection(runs),
  },
  {
    title: "How good the scores are",
    content: ({ runs }) => pipelines(runs).length > 0 && healthSection(runs),
  },
  { title: "Sources", content: () => sources },
];

/** A line for terminals: what the pipeline came to. */
export const summaryText = (runs: Runs): string => {
  const all = pipelines(runs);
  if (all.length === 0) return "";
  const solved = (id: Choice) => percent(mean(all.map((own) => mean(own.choices[id].solved))));
  return `solved: greedy ${percent(mean(all.map(({ greedy }) => mean(greedy))))} %, SC ${solved("sc")} %, ORM ${solved("orm")} %, PRM ${solved("prm")} %, SC + PRM ${solved("sc-prm")} %, any ${solved("oracle")} %`;
};
