import {
  bars,
  crossedDifference,
  curveOf,
  curves,
  type Html,
  html,
  resultsOf,
  type Section,
  table,
} from "@deepgrain/lab";
import { type LabelStudy, recommendN } from "@deepgrain/prm";
import {
  type Choice,
  choiceIds,
  choices,
  type ScoreMeasures,
  type Scorer,
  scorers,
} from "./candidates";
import { choiceCurves } from "./choice-curves";
import { experiments } from "./introduction";
import { learningSection } from "./learning-section";
import type { ShepherdSettings } from "./recipe";
import {
  gain,
  learners,
  mean,
  over,
  percents,
  policies,
  type Runs,
  verifications,
} from "./report-numbers";
import type { ShepherdResult } from "./results";

const labellers = { solver: "constant hit rates", policy: "fine-tuned policy" } as const;
const labelsOf = ({ solver, policy }: ShepherdResult): LabelStudy => solver ?? policy!.labels;

function labelRow(name: string, all: readonly LabelStudy[]): string[] {
  const gaps = all.map(({ quality, predicted }) =>
    Math.max(...quality.map(({ hardAccuracy }, i) => Math.abs(hardAccuracy - predicted[i]!))),
  );
  const best = all.map(
    ({ quality }) =>
      quality.reduce((top, one) => (one.hardAccuracy > top.hardAccuracy ? one : top)).n,
  );
  const peaks = all.map(({ goodShare, goodHit, badHit }) =>
    0 < badHit && badHit < goodHit && goodHit < 1
      ? recommendN({ goodShare, goodHit, badHit }).peak.toFixed(1)
      : "–",
  );
  const shares = [
    all.map(({ goodShare }) => goodShare),
    all.map(({ goodHit }) => goodHit),
    all.map(({ badHit }) => badHit),
    gaps,
  ];
  return [name, ...shares.map(percents), best.join(", "), peaks.join(", ")];
}

/** Accuracy of hard labels over N beside what hit rates predict, and the loss of soft ones. */
function labelSection(runs: Runs): Html {
  const ids = (["solver", "policy"] as const).filter((id) => resultsOf(runs, id).length > 0);
  const overN = (id: keyof typeof labellers, read: (own: LabelStudy, i: number) => number) =>
    curveOf(runs, id, (result) => {
      const own = labelsOf(result);
      return own.quality.map(({ n: x }, i) => ({ x, y: read(own, i) }));
    });
  const series = ids.flatMap((id) => [
    {
      name: `${labellers[id]}, measured`,
      hasDots: true,
      points: overN(id, ({ quality }, i) => 100 * quality[i]!.hardAccuracy),
    },
    {
      name: `${labellers[id]}, predicted`,
      points: overN(id, ({ predicted }, i) => 100 * predicted[i]!),
    },
  ]);
  const loss = overN("policy", ({ quality }, i) => quality[i]!.softLoss);
  const x = { label: "N, completions per step", isLog: true };
  const head = [
    "completer",
    "good steps, %",
    "π, %",
    "ρ, %",
    "gap, points",
    "best N",
    "N* of mean π, ρ",
  ];
  return html`${curves({
    label: "Hard labels that are right",
    caption:
      "Only steps before the last are counted. Predicted: from how often completions of each step reach the answer. Bands: 95 % intervals over seeds.",
    x,
    y: { label: "right labels, %", bounds: [0, 100] },
    series,
  })}${table(
    head,
    ids.map((id) => labelRow(labellers[id], resultsOf(runs, id).map(labelsOf))),
  )}<p>Gap: largest difference between measured and predicted
accuracy. Best N and N* are given per seed.</p>${curves({
    label: "Loss of soft labels",
    caption: "Only steps before the last are counted. Band: 95 % interval over seeds.",
    x,
    y: { label: "cross-entropy to the truth, nats" },
    series: [{ name: labellers.policy, hasDots: true, points: loss }],
  })}`;
}

/** The paper's best of 256 on GSM8K and on 500 problems of MATH with LLaMA2-70B. */
const published: Partial<Record<Choice, string>> = {
  sc: "88.0 / 39.4",
  orm: "91.8 / 40.4",
  "sc-orm": "92.0 / 42.0",
  prm: "93.2 / 44.5",
  "sc-prm": "92.4 / 45.2",
};

/** How many more held-out problems each choice solves than votes do. */
export function picture({ runs }: { runs: Runs }): Html | false {
  const all = verifications(runs);
  if (all.length === 0 || !runs.experiments.includes("E-4")) return false;
  const inPoints = (solved: readonly number[]) => solved.map((one) => 100 * one);
  const votes = all.map((own) => inPoints(own.choices.sc.solved));
  const gainOf = (solved: readonly (readonly number[])[]) =>
    crossedDifference(votes, solved.map(inPoints));
  return bars({
    label: "Held-out problems that each choice solves more than votes",
    caption: `Choices among ${runs.settings.candidates} solutions, and one greedy answer, beside self-consistency, the plain votes. Dots: mean differences; lines: 95 % intervals of a bootstrap over problems and seeds.`,
    x: { label: "solved more than by votes, points", bounds: [-100, 100] },
    reference: 0,
    rows: [
      { name: "one greedy answer", values: [gainOf(policies(runs).map(({ greedy }) => greedy))] },
      ...choiceIds
        .filter((id) => id !== "sc")
        .map((id) => ({
          name: choices[id].name,
          values: [gainOf(all.map((own) => own.choices[id].solved))],
        })),
    ],
  });
}

function verifySection(runs: Runs): Html {
  const all = verifications(runs);
  const greedy = policies(runs).map((own) => own.greedy);
  const solvedBy = (id: Choice) => all.map((own) => own.choices[id].solved);
  const rows = choiceIds.map((id) => [
    choices[id].name,
    percents(solvedBy(id).map(mean)),
    gain(greedy, solvedBy(id)),
    id === "sc" ? "–" : gain(solvedBy("sc"), solvedBy(id)),
    published[id] ?? "–",
  ]);
  const head = [
    `choice of ${runs.settings.candidates} solutions`,
    "solved, %",
    "more than greedy",
    "more than SC",
    "paper: GSM8K / MATH",
  ];
  return html`${choiceCurves(runs)}${table(head, [["SFT, greedy", percents(greedy.map(mean)), "–", "–", "–"], ...rows])}<p>Differences in points, with 95 % intervals of a
bootstrap over problems and seeds. The paper's numbers are in percent, of 256 solutions by LLaMA2-70B.</p>`;
}

const scorerNames: Record<Scorer, string> = { prm: "PRM", orm: "ORM", unlabelled: "no labels" };

function healthSection(runs: Runs): Html {
  const all = verifications(runs);
  const reliability = all.map(({ scores }, i) => ({
    name: `seed ${runs.seeds[i]}`,
    hasDots: true,
    points: scores.prm.bins.map(({ meanScore, meanLabel }) => ({ x: meanScore, y: meanLabel })),
  }));
  const row = (name: string, read: (own: ScoreMeasures) => number) => [
    name,
    ...scorers.map((id) => percents(all.map(({ scores }) => read(scores[id])))),
  ];
  const calibrated = {
    name: "calibrated",
    color: "var(--muted)",
    isDashed: true,
    points: [0, 1].map((x) => ({ x, y: x })),
  };
  const good = percents(all.map(({ pool }) => pool.good));
  return html`${curves({
    label: "Reliability of the PRM's step scores",
    caption:
      "Share of right steps among steps with a given score, seed by seed; the dashed line is perfect calibration.",
    x: { label: "mean score" },
    y: { label: "share of right steps" },
    series: [...reliability, calibrated],
  })}${table(
    ["scores of held-out solutions, %", ...scorers.map((id) => scorerNames[id])],
    [
      row("steps on the right side of one half", ({ accuracy }) => accuracy),
      row("F1 of first errors", ({ firstErrorF1 }) => firstErrorF1),
      row("expected calibration error against the truth", ({ expectedError }) => expectedError),
      row("lowest score on the last step", ({ outcomeShift }) => outcomeShift),
    ],
  )}<p>The reward models were trained on ${over(all.map(({ pool }) => pool.solutions))} solutions, of whose steps ${good} % are labelled good.
The last step has the lowest score in 44.5 % of solutions with the paper's PRM of 7 billion parameters, and in 17.5 to 18 % with
Qwen2.5-Math-PRM (Zhang et al. 2025).</p>`;
}

const sources = html`<p class="meta">Wang et al. 2024, Math-Shepherd (arXiv 2312.08935). The paper trains models of 7 to 70 billion parameters on GSM8K and MATH;
here all models have about 100,000 parameters and solve made-up word problems whose right steps are known, so that orderings can be compared,
not numbers. Both reward models begin as the policy, as in the paper, and also read how much a solution
surprises it, which the paper's do not; what labels add to that is shown by the rows without labels.
Held-out problems are the same for all seeds. Qwen2.5-Math-PRM: Zhang et al. 2025 (arXiv 2501.07301).</p>`;

/** Sections of the report besides the claims. */
export const sections: readonly Section<ShepherdSettings, ShepherdResult>[] = [
  {
    title: experiments["E-1"],
    experiment: "E-1",
    content: ({ runs }) => labelSection(runs),
  },
  {
    title: experiments["E-4"],
    experiment: "E-4",
    content: ({ runs }) => verifications(runs).length > 0 && verifySection(runs),
  },
  {
    title: experiments["E-9"],
    experiment: "E-9",
    content: ({ runs }) => learners(runs).length > 0 && learningSection(runs),
  },
  {
    title: "How good the scores are",
    content: ({ runs }) => verifications(runs).length > 0 && healthSection(runs),
  },
  { title: "Sources", content: () => sources },
];

/** A line for terminals with the result of the pipeline. */
export function summaryText(runs: Runs): string {
  const all = verifications(runs);
  if (all.length === 0) return "";
  const share = (values: readonly number[]) => `${(100 * mean(values)).toFixed(1)} %`;
  const greedy = share(policies(runs).map((own) => mean(own.greedy)));
  const others = (["sc", "orm", "prm", "sc-prm", "oracle"] as const).map(
    (id) => `${choices[id].name} ${share(all.map((own) => mean(own.choices[id].solved)))}`,
  );
  return `solved: greedy ${greedy}, ${others.join(", ")}`;
}
