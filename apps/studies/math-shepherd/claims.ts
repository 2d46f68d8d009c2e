import {
  type Claim,
  measureItems,
  type Primary,
  type Quantity,
  type UnaskedClaim,
} from "@deepgrain/lab";
import { type Choice, choices, type VerifiedChoice } from "./candidates";
import type { Learning } from "./learn-from-rewards";
import type { ShepherdSettings } from "./recipe";
import type { ShepherdResult } from "./results";

type Amount = Quantity<ShepherdResult, ShepherdSettings>;

/** A number of the pipeline's result. */
const ofPipeline = (
  measure: string,
  subject: string,
  read: (result: NonNullable<ShepherdResult["pipeline"]>) => number,
): Amount => ({
  measure,
  subject,
  variants: ["pipeline"],
  read: ({ result }) => {
    const found = result("pipeline")?.pipeline;
    return found && read(found);
  },
});

const SOLVED = "held-out problems solved, %";

/** The share of held-out problems that a result solves, problem by problem: the problems are the same at all seeds. */
const solving = (
  variant: string,
  subject: string,
  read: (result: ShepherdResult) => readonly number[] | undefined,
): Amount => ({
  ...measureItems(SOLVED, (result: ShepherdResult) => read(result)?.map((solved) => 100 * solved))(
    variant,
  ),
  subject,
});

/** The accuracy of a way to choose among all candidates. */
const chosen = (id: Choice): Amount =>
  solving("pipeline", choices[id].name, ({ pipeline }) => pipeline?.choices[id].solved);

/** The accuracy of the fine-tuned policy's greedy answers. */
const greedy = solving("pipeline", "SFT, greedy", ({ pipeline }) => pipeline?.greedy);

export const learnings: Record<Learning, string> = {
  rft: "RFT",
  "ppo-outcome": "PPO, outcome reward",
  "ppo-step": "PPO, step rewards",
};

/** The accuracy of a trained policy's greedy answers. */
const learned = (id: Learning): Amount =>
  solving(id, `${learnings[id]}, greedy`, ({ learned: own }) => own?.solved);

/** The accuracy of a way to choose among the step-wise PPO policy's candidates. */
const verified = (id: VerifiedChoice): Amount =>
  solving(
    "ppo-step",
    `${learnings["ppo-step"]}, ${choices[id].name}`,
    ({ learned: own }) => own?.verified?.[id],
  );

/** Of the fewest completions per step that were tried, or of the most. */
const labelLoss = (subject: string, place: 0 | -1) =>
  ofPipeline(
    "loss of soft labels, nats",
    subject,
    ({ labels }) => labels.quality.at(place)!.softLoss,
  );

/** Points of accuracy that matter. */
const POINT = 1;

const primary = (sentence: string): Primary => ({ sentence, seeds: 8, named: "after the run" });

type OwnClaim = Claim<ShepherdResult, ShepherdSettings>;

/** Verification as the paper scores solutions: by the lowest step of the PRM, or votes that count by scores. */
const verification: readonly OwnClaim[] = [
  {
    experiment: "E-4",
    lower: chosen("sc"),
    higher: chosen("prm-min"),
    margin: POINT,
    paper: "88.0 < 93.2 (GSM8K, LLaMA2-70B, 256)",
    primary: primary("Its scores choose better among solutions than votes do"),
  },
  {
    experiment: "E-4",
    lower: chosen("orm"),
    higher: chosen("prm-min"),
    margin: POINT,
    paper: "91.8 < 93.2 (GSM8K, LLaMA2-70B, 256)",
    primary: primary("Step scores, taken at their lowest, choose better than an outcome model"),
  },
  {
    experiment: "E-4",
    lower: chosen("sc-orm"),
    higher: chosen("sc-prm"),
    margin: POINT,
    paper: "92.0 < 92.4 (GSM8K, LLaMA2-70B, 256)",
    primary: primary("The same holds where scores weigh votes"),
    ifReversed: "votes count by the score of the last step, the only one that the ORM learns",
  },
];

const learning: readonly OwnClaim[] = [
  {
    experiment: "E-9",
    lower: greedy,
    higher: learned("ppo-step"),
    margin: POINT,
    paper: "77.9 < 84.1 (GSM8K, Mistral-7B), 66.6 < 73.2 (LLaMA2-7B)",
    primary: primary("Step-by-step PPO with its scores improves the policy"),
  },
  {
    experiment: "E-9",
    lower: learned("ppo-step"),
    higher: verified("sc-prm"),
    margin: POINT,
    paper: "84.1 < 89.1 (GSM8K, Mistral-7B, 256)",
    primary: {
      ...primary("Verification improves the policy after PPO further"),
      named: "before the run",
    },
  },
];

type Ordering = readonly [lower: Amount, higher: Amount, paper: string];

const orderings = (experiment: string, all: readonly Ordering[]): OwnClaim[] =>
  all.map(([lower, higher, paper]) => ({ experiment, lower, higher, paper }));

/** The abstract's claims, then what else the paper reports, as orderings. @see Wang et al. 2024, sections 4 and 5 */
export const claims: readonly OwnClaim[] = [
  ...verification,
  ...learning,
  ...orderings("E-1", [
    [labelLoss("all completions", -1), labelLoss("one completion", 0), "falls with N (figure 4)"],
  ]),
  ...orderings("E-4", [
    [greedy, chosen("sc-prm"), "66.6 < 92.4 (GSM8K, SFT of LLaMA2-7B, SC + PRM of 70B)"],
    [chosen("sc"), chosen("sc-prm"), "88.0 < 92.4 (GSM8K, LLaMA2-70B, 256)"],
    [chosen("orm"), chosen("prm"), "by the last step: not measured"],
    [chosen("sc-unlabelled"), chosen("sc-prm"), "not measured: what labels add"],
  ]),
  ...orderings("E-9", [
    [greedy, learned("rft"), "66.6 < 68.5 (GSM8K, LLaMA2-7B)"],
    [learned("rft"), learned("ppo-outcome"), "68.5 < 70.8 (GSM8K, LLaMA2-7B)"],
    [learned("ppo-outcome"), learned("ppo-step"), "70.8 < 73.2 (GSM8K, LLaMA2-7B)"],
    [verified("sc"), verified("sc-prm"), "87.4 < 89.1 (GSM8K, Mistral-7B, 256)"],
  ]),
];

export const unasked: readonly UnaskedClaim[] = [
  {
    sentence: "The same holds on MATH",
    paper: "28.6 to 33.0 to 43.5 % (Mistral-7B)",
    why: "models of 130,000 weights solve no competition problems",
  },
];
