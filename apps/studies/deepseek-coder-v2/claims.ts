import type { Claim, Primary, Quantity, UnaskedClaim } from "@deepgrain/lab";
import { meanOf } from "../shared/means";
import { type Extension, extensions } from "./extend";
import { type FimArm, fimArms, type Order } from "./fim";
import { type RewardArm, rewards } from "./grpo";
import { type Arm, armNames } from "./pretrain";
import type { CoderSettings } from "./recipe";
import type { CoderResult } from "./results";

type Amount = Quantity<CoderResult, CoderSettings>;

/** A number of one variant's result. */
const amount = (
  measure: string,
  subject: string,
  variant: string,
  read: (result: CoderResult) => number | undefined,
): Amount => ({
  measure,
  subject,
  variants: [variant],
  read: ({ result }) => {
    const found = result(variant);
    return (found && read(found)) ?? null;
  },
});

/** Held-out bits per byte of a kind of text. */
export const bits = (kind: "code" | "math" | "prose") => (arm: Arm | "base") =>
  amount(
    `${kind === "math" ? "mathematics" : kind}, bits per byte`,
    armNames[arm],
    `pretrain-${arm}`,
    ({ pretrain }) => pretrain?.[kind],
  );

/** The same in logarithms, whose differences are shares. */
const logBits = (kind: "code" | "math" | "prose") => (arm: Arm | "base") =>
  amount(
    `${kind === "math" ? "mathematics" : kind}, ln of bits per byte`,
    armNames[arm],
    `pretrain-${arm}`,
    ({ pretrain }) => pretrain && Math.log(pretrain[kind]),
  );

export const filled = (arm: FimArm) =>
  amount("lines filled in exactly, %", fimArms[arm].name, arm, ({ fim }) => fim && 100 * fim.exact);
export const filledLoss = (arm: FimArm) =>
  amount("loss of the middle line, nats", fimArms[arm].name, arm, ({ fim }) => fim?.middle);
export const leftToRight = (arm: FimArm) =>
  amount("left to right, bits per byte", fimArms[arm].name, arm, ({ fim }) => fim?.leftToRight);
export const symbols = (order: Order) =>
  amount(
    "loss of other files' names, nats",
    `${order} order`,
    `order-${order}`,
    ({ order: found }) => found?.symbols,
  );

/** Needles that are recalled beyond the trained length, over all depths. */
export const recalled = (id: Extension): Amount => ({
  measure: "needles recalled beyond the trained length, %",
  subject: extensions[id],
  variants: [id],
  read: ({ result }, settings) => {
    const own = result(id)?.extend?.recall.filter(({ length }) => length > settings.lengths[0]);
    const share = meanOf((own ?? []).map((one) => one.share));
    return share === null ? null : 100 * share;
  },
});

export const passed = (arm: RewardArm | "base") =>
  amount(
    "pass@1 of held-out functions, %",
    arm === "base" ? "before" : rewards[arm],
    arm === "base" ? "policy-base" : `policy-${arm}`,
    ({ policy }) => policy && 100 * policy.passAt1,
  );

type OwnClaim = Claim<CoderResult, CoderSettings>;

/** A claim of the abstract or the introduction; measures and margins were fixed before any recorded run. */
const primary = (sentence: string, words: string, seeds = 8): Primary => ({
  sentence,
  words,
  seeds,
  named: "before the run",
});

/** The abstract on both code and mathematics. */
const ENHANCES =
  "substantially enhances the coding and mathematical reasoning capabilities of DeepSeek-V2";

const TEXTS = "code, mathematics and prose of npm packages";

/** The weight of one point of pass@1. */
const POINTS = 3;

/** The abstract's claims, six at most, and what else the papers report; all with the smallest difference that matters. */
export const claims: readonly OwnClaim[] = [
  {
    experiment: "pretrain",
    lower: logBits("code")("mix"),
    higher: logBits("code")("base"),
    margin: 0.2,
    scope: TEXTS,
    better: "lower",
    primary: primary("Continued pre-training substantially enhances coding", ENHANCES),
    paper:
      "HumanEval 57.3 → 81.1 (V2-Lite of the DeepSeek-V2 paper, table 7, and Coder-V2-Lite, chat)",
  },
  {
    experiment: "pretrain",
    lower: logBits("math")("mix"),
    higher: logBits("math")("prose"),
    margin: 0.05,
    scope: TEXTS,
    better: "lower",
    primary: primary("It enhances mathematical reasoning too", ENHANCES),
    paper: "GSM8K 83.0 → 86.4 (V2-Lite and Coder-V2-Lite, chat)",
  },
  {
    experiment: "pretrain",
    lower: logBits("prose")("mix"),
    higher: logBits("prose")("base"),
    margin: 0.02,
    scope: TEXTS,
    relation: "≤",
    better: "lower",
    primary: {
      ...primary(
        "It keeps comparable performance in general language tasks",
        "while maintaining comparable performance in general language tasks",
      ),
      named: "after the run",
      before: { outcome: "opposite", isCorrected: true },
    },
    paper: "BBH 48.1 → 61.2, MMLU 55.7 → 60.1, TriviaQA 65.2 → 59.5 (Lite, chat)",
  },
  {
    experiment: "pretrain",
    lower: logBits("prose")("mix"),
    higher: logBits("prose")("code"),
    margin: 0.05,
    paper: "not measured: why the mix keeps 30 % of prose",
  },
  {
    experiment: "pretrain",
    lower: logBits("code")("code"),
    higher: logBits("code")("scratch"),
    margin: 0.02,
    paper: "V2 begins from an intermediate checkpoint of 4.2T tokens",
  },
  {
    experiment: "fim",
    lower: filledLoss("fim-50"),
    higher: filledLoss("fim-0"),
    margin: 0.1,
    scope: "lines of RxJS",
    better: "lower",
    primary: {
      ...primary(
        "Fill-in-the-middle at rate 0.5 gives the skill",
        "To enable the model to support code completion after alignment, we also utilize Fill-In-Middle approach",
      ),
      section: "section 1",
    },
    paper:
      "from none to 86 % of single lines (Coder-V2-Lite), while no arm here fills in a whole line exactly",
  },
  {
    experiment: "fim",
    lower: leftToRight("fim-0"),
    higher: leftToRight("fim-50"),
    margin: 0.03,
    relation: "=",
    paper: "left-to-right completion is kept at rate 0.5 (DeepSeek-Coder, figure 3)",
  },
  {
    experiment: "fim",
    lower: leftToRight("fim-50"),
    higher: leftToRight("fim-100"),
    margin: 0.01,
    paper: "rate 1 fills in best and completes worst (DeepSeek-Coder, figure 3)",
  },
  {
    experiment: "fim",
    lower: filledLoss("fim-50"),
    higher: filledLoss("fim-msp"),
    margin: 0.05,
    paper: "PSM at 0.5 surpasses masked spans (DeepSeek-Coder, section 3.1.2)",
  },
  {
    experiment: "fim",
    lower: symbols("topological"),
    higher: symbols("random"),
    margin: 0.05,
    paper: "not measured alone: CrossCodeEval Java 17.7 with and 16.6 without repositories",
  },
  {
    experiment: "extend",
    lower: recalled("none"),
    higher: recalled("yarn-two"),
    margin: 10,
    scope: "256 to 4,096 tokens",
    better: "higher",
    primary: primary(
      "The context is extended from 16K to 128K tokens",
      "extending the context length from 16K to 128K",
      4,
    ),
    paper: "needles found throughout 128K (figure 2)",
  },
  {
    experiment: "extend",
    lower: recalled("linear"),
    higher: recalled("yarn-two"),
    margin: 10,
    paper: "DeepSeek-Coder scaled linearly, V2 by YaRN",
  },
  {
    experiment: "grpo",
    lower: passed("base"),
    higher: passed("full"),
    margin: POINTS,
    scope: "functions over arrays",
    better: "higher",
    primary: {
      ...primary(
        "Reinforcement learning on compiler feedback aligns the model further",
        "we employ Group Relative Policy Optimization (GRPO) algorithm to align its behavior with human preferences",
      ),
      section: "section 1",
    },
    paper: "LeetCode pass@1 rises during the training (figure 3)",
  },
  {
    experiment: "grpo",
    lower: passed("weak"),
    higher: passed("relearned"),
    margin: POINTS,
    paper: "a learned reward beats the raw signal of few tests (figure 3)",
    ifReversed:
      "a policy this small finds what its reward model overrates within a few steps, and the weak test at least cannot be talked to",
  },
  {
    experiment: "grpo",
    lower: passed("model"),
    higher: passed("relearned"),
    margin: POINTS,
    paper: "DeepSeekMath retrains the reward model with 10 % replay",
  },
  {
    experiment: "grpo",
    lower: passed("rft"),
    higher: passed("full"),
    margin: POINTS,
    paper: "GRPO surpasses online RFT (DeepSeekMath, figure 5)",
  },
];

/** Claims of the abstract beyond what models of this size can be asked. */
export const unasked: readonly UnaskedClaim[] = [
  {
    sentence: "The support for languages grows from 86 to 338",
    paper: "average of 14 languages and MBPP+: 75.3 (236B), 65.6 (16B)",
    why: "the table of languages is in @deepgrain/coder; what models gain by them needs their corpora",
  },
  {
    sentence: "It performs comparably to closed models in coding and mathematics",
    paper: "HumanEval 90.2, MBPP+ 76.2, MATH 75.7",
    why: "this needs the released weights; deepgrain coder evaluate runs the benchmarks on them",
  },
];
