import type { ExperimentId } from "./experiments";
import { rankId, thresholdId } from "./methods";
import {
  cost,
  evenShare,
  type Measure,
  measureNames,
  overlapBetween,
  overlapWithin,
  type Quantity,
  stored,
  topShare,
  tuned,
} from "./quantities";
import type { EsftSettings } from "./settings";
import { type TaskId, taskOf } from "./tasks";

/** An ordering that the paper reports. */
export interface Claim {
  experiment: ExperimentId;
  /** The task, or what else it is about. */
  scope: string;
  /** What is compared. */
  measure: string;
  lower: Quantity;
  higher: Quantity;
  /** The paper found the two equal, as near as it says. */
  isEqual?: boolean;
  /** What the paper measured. */
  paper: string;
  /** Why it may be the reverse here. */
  ifReversed?: string;
}

const ALL = "all tasks";

const wideLora =
  "rank 8 is an eighth of the width here and a 256th in the paper, so LoRA is a strong method here, and it reaches every expert";

/** Methods with the paper's marks: [specialised, general] with and [specialised, general] without general text mixed in. */
const names: Record<string, string> = {
  vanilla: "before",
  full: "FFT",
  lora: "LoRA",
  "esft-token": "ESFT-Token",
  "esft-gate": "ESFT-Gate",
  random: "random experts",
};

type Row = [
  lower: string,
  higher: string,
  measure: Measure,
  papers: { enhancement: string; adaptation: string; all: string },
  ifReversed?: string,
];

const onTheTask: Row[] = [
  [
    "esft-token",
    "vanilla",
    "loss",
    { all: "49.4 > 33.6", enhancement: "43.2 > 40.6", adaptation: "55.7 > 26.8" },
  ],
  [
    "esft-gate",
    "vanilla",
    "loss",
    { all: "50.2 > 33.6", enhancement: "43.3 > 40.6", adaptation: "57.2 > 26.8" },
  ],
  [
    "esft-token",
    "random",
    "loss",
    { all: "2.8 points better", enhancement: "better", adaptation: "up to 13.5 points better" },
  ],
  [
    "esft-gate",
    "random",
    "loss",
    { all: "4.4 points better", enhancement: "better", adaptation: "up to 20.4 points better" },
  ],
  [
    "esft-token",
    "lora",
    "loss",
    { all: "49.4 > 44.9", enhancement: "43.2 > 41.0", adaptation: "55.7 > 48.8" },
    wideLora,
  ],
  [
    "esft-gate",
    "lora",
    "loss",
    { all: "50.2 > 44.9", enhancement: "43.3 > 41.0", adaptation: "57.2 > 48.8" },
    wideLora,
  ],
  [
    "full",
    "esft-token",
    "loss",
    { all: "51.0 > 49.4", enhancement: "43.5 > 43.2", adaptation: "58.4 > 55.7" },
  ],
  [
    "full",
    "esft-gate",
    "loss",
    { all: "51.0 > 50.2", enhancement: "43.5 > 43.3", adaptation: "58.4 > 57.2" },
  ],
];

const inQuality: Row[] = [
  [
    "random",
    "esft-token",
    "chrF",
    { all: "2.8 points better", enhancement: "better", adaptation: "up to 13.5 points better" },
  ],
  [
    "lora",
    "esft-token",
    "chrF",
    { all: "49.4 > 44.9", enhancement: "43.2 > 41.0", adaptation: "55.7 > 48.8" },
    wideLora,
  ],
  [
    "esft-token",
    "full",
    "chrF",
    { all: "51.0 > 49.4", enhancement: "43.5 > 43.2", adaptation: "58.4 > 55.7" },
  ],
];

const retained: Row[] = [
  ["esft-token", "full", "forgetting", sameEverywhere("general 61.5 > 58.8; 62.3 > 58.5 unmixed")],
  ["esft-gate", "full", "forgetting", sameEverywhere("general 60.6 > 58.8; 62.2 > 58.5 unmixed")],
  ["esft-token", "lora", "forgetting", sameEverywhere("general 61.5 > 59.1; 62.3 > 55.0 unmixed")],
  ["esft-gate", "lora", "forgetting", sameEverywhere("general 60.6 > 59.1; 62.2 > 55.0 unmixed")],
  ["random", "esft-token", "forgetting", sameEverywhere("not given")],
];

function sameEverywhere(paper: string): Row[3] {
  return { all: paper, enhancement: paper, adaptation: paper };
}

function tuningClaims(
  experiment: ExperimentId,
  rows: readonly Row[],
  { tasks }: EsftSettings,
): Claim[] {
  const scopes: (TaskId | null)[] = tasks.length > 1 ? [null, ...tasks] : [...tasks];
  return scopes.flatMap((task) =>
    rows.map(([lower, higher, measure, papers, ifReversed]) => ({
      experiment,
      scope: task ? taskOf(task).name : ALL,
      measure: measureNames[measure],
      lower: tuned(lower, names[lower]!, measure, task),
      higher: tuned(higher, names[higher]!, measure, task),
      paper: task ? papers[taskOf(task).kind] : papers.all,
      ...(ifReversed === undefined ? {} : { ifReversed }),
    })),
  );
}

function usageClaims({ topK }: EsftSettings): Claim[] {
  return [
    {
      experiment: "B-1",
      scope: ALL,
      measure: "share of choices",
      lower: evenShare(topK),
      higher: topShare(topK),
      paper: "0.28 to 0.51 for 6 of 64, evenly 0.09",
    },
    {
      experiment: "B-2",
      scope: ALL,
      measure: `best experts shared, of ${topK}`,
      lower: overlapBetween(topK),
      higher: overlapWithin(topK),
      paper: "0.6 to 1.3 of 6 < nearly 6",
    },
  ];
}

/** The ends and the middle of a sweep, where it has them. */
function sweepClaims(settings: EsftSettings): Claim[] {
  const ps = [...new Set([...settings.sweepP, settings.tokenP])].sort((a, b) => a - b);
  const ranks = [...new Set([...settings.sweepRanks, settings.loraRank])].sort((a, b) => a - b);
  const token = (p: number, measure: Measure) =>
    tuned(thresholdId(p, settings), `p = ${p}`, measure, null);
  const lora = (rank: number, measure: Measure) =>
    tuned(rankId(rank, settings), `rank ${rank}`, measure, null);
  const [least, most] = [ps[0]!, ps.at(-1)!];
  const [low, high] = [ranks[0]!, ranks.at(-1)!];
  const middle = ps.find((p) => p >= 0.5 && p < most);
  const row = (
    scope: string,
    measure: Measure,
    lower: Quantity,
    higher: Quantity,
    paper: string,
  ): Claim => ({ experiment: "B-5", scope, measure: measureNames[measure], lower, higher, paper });
  return [
    ...(least < most
      ? [
          row(
            "threshold",
            "loss",
            token(most, "loss"),
            token(least, "loss"),
            "a figure only: rises, then saturates",
          ),
          row(
            "threshold",
            "forgetting",
            token(least, "forgetting"),
            token(most, "forgetting"),
            "a figure only: general ability falls with p",
          ),
        ]
      : []),
    ...(middle === undefined
      ? []
      : [
          {
            ...row(
              "threshold",
              "loss",
              token(most, "loss"),
              token(middle, "loss"),
              "best at 0.5, saturated from 0.2",
            ),
            isEqual: true,
          },
        ]),
    ...(low < high
      ? [
          row("rank", "loss", lora(high, "loss"), lora(low, "loss"), "a figure only"),
          row(
            "rank",
            "forgetting",
            lora(low, "forgetting"),
            lora(high, "forgetting"),
            "a figure only",
          ),
        ]
      : []),
  ];
}

function costClaims(): Claim[] {
  const row = (
    measure: string,
    lower: Quantity,
    higher: Quantity,
    paper: string,
    ifReversed?: string,
  ): Claim => ({
    experiment: "B-10",
    scope: "a step",
    measure,
    lower,
    higher,
    paper,
    ...(ifReversed === undefined ? {} : { ifReversed }),
  });
  const [token, full, lora] = [
    ["esft-token", "ESFT-Token"],
    ["full", "FFT"],
    ["lora", "LoRA"],
  ] as const;
  const of = (field: Parameters<typeof cost>[2], [id, name]: readonly [string, string]) =>
    cost(id, name, field);
  return [
    row(
      "milliseconds a step",
      of("millisecondsPerStep", token),
      of("millisecondsPerStep", full),
      "19.8 < 28.5 minutes",
    ),
    row(
      "milliseconds a step",
      of("millisecondsPerStep", lora),
      of("millisecondsPerStep", token),
      "16.5 < 19.8 minutes",
      "products with factors are small here and cost more time than they save; ESFT needs no gradient below its lowest layer",
    ),
    row(
      "optimiser bytes",
      of("optimizerBytes", token),
      of("optimizerBytes", full),
      "75 to 95 % fewer parameters",
    ),
    row("peak tensor memory", of("peakBytes", token), of("peakBytes", full), "not given"),
    {
      ...row("bytes stored", stored(...token), stored(...full), "2.57 < 28.6 GB"),
      scope: ALL,
    },
    {
      ...row(
        "bytes stored",
        stored(...lora),
        stored(...token),
        "LoRA least",
        "factors of rank 8 beside matrices of width 32 to 64 are not small, and all experts have them",
      ),
      scope: ALL,
    },
  ];
}

/**
 * Every ordering that is judged, in the order of the experiments. Task marks of the paper are averages of its task groups:
 * enhancement is mathematics and code, adaptation the four others.
 * @see Wang et al. 2024 (ESFT), tables 1 to 3 and the figures of its analysis
 */
export function claimsOf(experiments: readonly ExperimentId[], settings: EsftSettings): Claim[] {
  const all = [
    ...usageClaims(settings),
    ...tuningClaims("B-3", [...onTheTask, ...inQuality], settings),
    ...tuningClaims("B-4", retained, settings),
    ...sweepClaims(settings),
    ...costClaims(),
  ];
  return all.filter(({ experiment }) => experiments.includes(experiment));
}
