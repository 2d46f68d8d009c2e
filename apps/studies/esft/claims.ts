import type { Claim, Primary } from "@deepgrain/lab";
import type { TaskId } from "../shared/tasks/tuning-task-ids";
import { taskOf } from "../shared/tasks/tuning-tasks";
import {
  type MethodId,
  methodNames as names,
  rankId,
  sweepsOf,
  thresholdId,
  variedTasksOf,
} from "./methods";
import { comparedMarks, comparedRetention, randomMarks } from "./paper-marks";
import {
  type Cost,
  cost,
  type EsftQuantity,
  type EsftResult,
  lostInGroups,
  type Measure,
  samplesShare,
  tuned,
  usageOf,
} from "./quantities";
import { type EsftSettings, seedCounts } from "./recipe";
import { variantsOf } from "./variants";

type OwnClaim = Claim<EsftResult, EsftSettings>;

/** Scope of what is claimed of all tasks together. */
export const ALL_TASKS = "all tasks";
const A_FIGURE = "a figure only";

/** A tenth of what full fine-tuning gained in marks at the gate, in points. */
export const EQUAL_MARK = 2.4;

/** Half of the paper's effect (28.5 to 19.8 minutes), of the 41 ms of processor time of full fine-tuning's step at the gate. */
const EQUAL_STEP = 6;

/** The margin within which two task losses count as equal, in nats per token. */
const EQUAL_LOSS = 0.1;

/** How much higher a general loss may be, in nats per token. */
const EQUAL_GENERAL = 0.02;

/** Claims of an experiment about a scope, from what they compare. */
const claimsAbout =
  (experiment: string, scope: string) =>
  (lower: EsftQuantity, higher: EsftQuantity, paper: string): OwnClaim => ({
    experiment,
    scope,
    lower,
    higher,
    paper,
  });

const primary = (sentence: string, words: string): Primary => ({
  sentence,
  words,
  seeds: seedCounts.full,
  named: "before the run",
});

const SMALL = "the model and the tasks are thousands of times smaller than the paper's";
const needsAttention = "what tasks need of attention stays frozen, which full fine-tuning trains";

/**
 * The abstract's claims and, from section 1, that of general tasks. Margins are half of the paper's effect, but for marks a tenth of
 * what full fine-tuning gained at the gate.
 */
function primaryClaims(settings: EsftSettings): OwnClaim[] {
  const { tasks, topK, groupSizes } = settings;
  const { best, even, within, between } = usageOf(topK);
  const [esft, full] = ["esft-token", "full"] as const;
  const varied = variedTasksOf(settings);
  const group = groupSizes.at(-1)!;
  const side = (measure: Measure, id: MethodId) => tuned(measure, id, names[id], tasks);
  const step = (id: MethodId) => cost("millisecondsPerStep", id, names[id]);
  return [
    {
      ...claimsAbout("B-1", ALL_TASKS)(even, best, "0.28 to 0.51 for 6 of 64, evenly 0.09"),
      margin: 0.05,
      primary: {
        ...primary(
          "The routing of a task is concentrated on few experts",
          "the routing distribution for a specific task tends to be highly concentrated",
        ),
        isAnalysis: true,
      },
      ifReversed: SMALL,
    },
    {
      ...claimsAbout("B-2", ALL_TASKS)(between, within, "0.6 to 1.3 of 6 < nearly 6"),
      margin: 1,
      primary: {
        ...primary(
          "Tasks use different experts",
          "the distribution of activated experts varies significantly across different tasks",
        ),
        isAnalysis: true,
      },
      ifReversed: SMALL,
    },
    {
      ...claimsAbout("B-10", "a step")(step(esft), step(full), "19.8 < 28.5 minutes"),
      margin: EQUAL_STEP,
      better: "lower",
      primary: primary(
        "Training the relevant experts alone takes less time",
        "our method not only improves the tuning efficiency",
      ),
      ifReversed: SMALL,
    },
    {
      ...claimsAbout("B-3", scopeOf(tasks))(side("mark", full), side("mark", esft), "49.4 = 51.0"),
      relation: "≤",
      better: "higher",
      margin: EQUAL_MARK,
      primary: primary(
        "It matches full fine-tuning on the task",
        "matches or even surpasses the performance of full-parameter fine-tuning",
      ),
      ifReversed: needsAttention,
    },
    {
      ...claimsAbout("B-4", scopeOf(tasks))(
        side("general", esft),
        side("general", full),
        "61.5 > 58.8 (marks)",
      ),
      relation: "≤",
      better: "lower",
      margin: EQUAL_GENERAL,
      primary: primary(
        "It keeps general ability as well as full fine-tuning",
        "better maintains performance in general tasks",
      ),
      ifReversed: SMALL,
    },
    {
      ...claimsAbout("B-8", scopeOf(varied))(
        lostInGroups(full, group, varied),
        lostInGroups(esft, group, varied),
        A_FIGURE,
      ),
      margin: 5,
      primary: {
        ...primary(
          "Finer experts are of more use to it than to full fine-tuning",
          "MoE models with finer-grained experts are more advantageous in selecting the combination of experts",
        ),
        isAnalysis: true,
      },
      ifReversed: SMALL,
    },
  ];
}

const own = ["esft-token", "esft-gate"] as const;

/** Scope of what is claimed of some tasks together. */
const scopeOf = (tasks: readonly TaskId[]): string =>
  tasks.length > 1 ? ALL_TASKS : taskOf(tasks[0]!).name;

/** Marks over all tasks, but for the primary claim. */
function taskClaims({ tasks }: EsftSettings): OwnClaim[] {
  const claim = claimsAbout("B-3", scopeOf(tasks));
  const of = (id: MethodId) => tuned("mark", id, names[id], tasks);
  const marks = (better: MethodId, worse: MethodId) => comparedMarks(better, worse, "all");
  return [
    claim(of("vanilla"), of("esft-token"), marks("esft-token", "vanilla")),
    ...own.map((id) => claim(of("random"), of(id), randomMarks(id))),
    ...own.map((id) => claim(of("lora"), of(id), marks(id, "lora"))),
    claim(of("esft-gate"), of("full"), marks("full", "esft-gate")),
  ];
}

/** The ends and the middle of the sweeps, where they have them, and ESFT beside LoRA of fewer weights. */
function sweepClaims(settings: EsftSettings): OwnClaim[] {
  const { tokenP, loraRank } = settings;
  const tasks = variedTasksOf(settings);
  const { thresholds, ranks } = sweepsOf(settings);
  const token = (p: number, measure: Measure, name = `threshold ${p}`) =>
    tuned(measure, thresholdId(p, settings), name, tasks);
  const lora = (rank: number, measure: Measure, name = `rank ${rank}`) =>
    tuned(measure, rankId(rank, settings), name, tasks);
  const [least, most, low, high] = [thresholds[0]!, thresholds.at(-1)!, ranks[0]!, ranks.at(-1)!];
  const middle = thresholds.find((p) => p >= 0.5 && p < most);
  const [onThreshold, onRank] = [claimsAbout("B-5", "threshold"), claimsAbout("B-5", "rank")];
  const [rises, falls] = ["rises, then saturates", "general ability falls with p"];
  const saturates = "best at 0.5, saturated from 0.2";
  const sweep = (measure: Measure, of: typeof token, [lower, higher]: [number, number]) =>
    [of(lower, measure), of(higher, measure)] as const;
  // The rank of B-3 is the paper's, but on small matrices it trains more weights than ESFT; the lowest rank trains fewer.
  const beside = (measure: Measure, paper: string) => {
    const [own, other] = [
      token(tokenP, measure, "ESFT-Token"),
      lora(low, measure, `LoRA, rank ${low}`),
    ];
    return claimsAbout("B-5", "fewer weights")(own, other, paper);
  };
  const claims: (OwnClaim | false)[] = [
    least < most && onThreshold(...sweep("loss", token, [most, least]), `${A_FIGURE}: ${rises}`),
    least < most &&
      onThreshold(...sweep("forgetting", token, [least, most]), `${A_FIGURE}: ${falls}`),
    middle !== undefined && {
      ...onThreshold(...sweep("loss", token, [most, middle]), saturates),
      relation: "=",
      margin: EQUAL_LOSS,
    },
    low < high && onRank(...sweep("loss", lora, [high, low]), A_FIGURE),
    low < high && onRank(...sweep("forgetting", lora, [low, high]), A_FIGURE),
    low < loraRank && beside("loss", comparedMarks("esft-token", "lora", "all")),
    low < loraRank && beside("forgetting", comparedRetention("esft-token", "lora")),
  ];
  return claims.filter((claim) => claim !== false);
}

/** ESFT-Token beside what also trains shared experts, or all but the other experts, or no routed experts. */
function partClaims(settings: EsftSettings): OwnClaim[] {
  const tasks = variedTasksOf(settings);
  const claim = claimsAbout("B-6", scopeOf(tasks));
  const own = (measure: Measure) => tuned(measure, "esft-token", names["esft-token"], tasks);
  const part = (measure: Measure, id: string, name: string) => tuned(measure, id, name, tasks);
  const [shared, rest] = ["ESFT-Token and shared experts", "all but the other experts"];
  return [
    claim(part("mark", "shared", "shared experts alone"), own("mark"), "47.4 < 49.4"),
    claim(own("mark"), part("mark", "token-shared", shared), "49.4 < 49.8"),
    claim(own("mark"), part("mark", "token-shared-rest", rest), "49.4 < 50.8"),
    claim(own("forgetting"), part("forgetting", "token-shared", shared), "61.5 > 60.7"),
    claim(own("forgetting"), part("forgetting", "token-shared-rest", rest), "61.5 > 60.3"),
  ];
}

/** Two samples agree on about all K once they are large: within an eighth of K. */
function sampleClaims({ sampleSizes, topK }: EsftSettings): OwnClaim[] {
  const claim = claimsAbout("B-7", ALL_TASKS);
  const [least, most] = [sampleSizes[0]!, sampleSizes.at(-1)!].map((n) => samplesShare(n, topK));
  const all: EsftQuantity = { ...most!, subject: "all", read: () => topK };
  return [
    claim(least!, most!, A_FIGURE),
    { ...claim(most!, all, "nearly 6 of 6 at 131,072 tokens"), relation: "=", margin: topK / 8 },
  ];
}

function costClaims({ tasks }: EsftSettings): OwnClaim[] {
  const [aStep, stored] = [claimsAbout("B-10", "a step"), claimsAbout("B-10", ALL_TASKS)];
  const sides = (of: Cost, lower: MethodId, higher: MethodId) =>
    [cost(of, lower, names[lower]), cost(of, higher, names[higher])] as const;
  const size = (id: MethodId) => tuned("storedBytes", id, names[id], tasks);
  const esft = "esft-token";
  return [
    aStep(...sides("millisecondsPerStep", "lora", esft), "16.5 < 19.8 minutes"),
    aStep(...sides("optimizerBytes", esft, "full"), "75 to 95 % fewer parameters"),
    aStep(...sides("peakBytes", esft, "full"), "not given"),
    stored(size(esft), size("full"), "2.57 < 28.6 GB"),
    stored(size("lora"), size(esft), "LoRA least"),
  ];
}

/**
 * The primary claims, then every other comparison in the order of the experiments. Task marks of the paper are averages of its task groups:
 * enhancement is mathematics and code, adaptation the four others.
 * @see Wang et al. 2024 (ESFT), tables 1 to 3 and the figures of its analysis
 */
export function claimsOf(settings: EsftSettings): OwnClaim[] {
  const ids = new Set(variantsOf(settings).map(({ id }) => id));
  return [
    ...primaryClaims(settings),
    ...taskClaims(settings),
    ...sweepClaims(settings),
    ...partClaims(settings),
    ...sampleClaims(settings),
    ...costClaims(settings),
  ].filter(({ lower, higher }) =>
    [...lower.variants, ...higher.variants].every((id) => ids.has(id)),
  );
}
