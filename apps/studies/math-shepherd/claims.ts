import type { Claim, Quantity } from "@deepgrain/lab";
import { type Choice, choices } from "./candidates";
import type { Learning } from "./learn-from-rewards";
import type { ShepherdSettings } from "./recipe";
import type { ShepherdResult } from "./results";

type Amount = Quantity<ShepherdResult, ShepherdSettings>;

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

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
    return found ? read(found) : null;
  },
});

const SOLVED = "held-out problems solved, %";

const percentOf = (solved: readonly number[]) => 100 * mean(solved);

/** The accuracy of a way to choose among all candidates. */
const chosen = (id: Choice): Amount =>
  ofPipeline(SOLVED, choices[id].name, (result) => percentOf(result.choices[id].solved));

/** The accuracy of the fine-tuned policy's greedy answers. */
const greedy = ofPipeline(SOLVED, "SFT, greedy", (result) => percentOf(result.greedy));

export const learnings: Record<Learning, string> = {
  rft: "RFT",
  "ppo-outcome": "PPO, outcome reward",
  "ppo-step": "PPO, step rewards",
};

/** The accuracy of a trained policy's greedy answers. */
const learned = (id: Learning): Amount => ({
  measure: SOLVED,
  subject: `${learnings[id]}, greedy`,
  variants: [id],
  read: ({ result }) => {
    const found = result(id)?.learned;
    return found ? percentOf(found.solved) : null;
  },
});

const first = ofPipeline(
  "loss of soft labels, nats",
  "one completion",
  ({ labels }) => labels.quality[0]!.softLoss,
);
const last = ofPipeline(
  "loss of soft labels, nats",
  "all completions",
  ({ labels }) => labels.quality.at(-1)!.softLoss,
);

type Ordering = readonly [lower: Amount, higher: Amount, paper: string, ifReversed?: string];

const orderings = (experiment: string, all: readonly Ordering[]) =>
  all.map(([lower, higher, paper, ifReversed = ""]) => ({
    experiment,
    lower,
    higher,
    paper,
    ifReversed,
  }));

/** What the paper reports, as orderings. */
export const claims: readonly Claim<ShepherdResult, ShepherdSettings>[] = [
  {
    experiment: "E-1",
    lower: last,
    higher: first,
    paper: "falls with N (figure 4)",
    ifReversed:
      "from some right steps this policy never reaches the answer, and the more completions miss it, the surer the soft label is that the step is wrong; hard labels do get better with N",
  },
  ...orderings("E-4", [
    [greedy, chosen("sc-prm"), "66.6 < 92.4 (GSM8K, SFT of LLaMA2-7B, SC + PRM of 70B)"],
    [chosen("sc"), chosen("sc-prm"), "88.0 < 92.4 (GSM8K, LLaMA2-70B, 256)"],
    [chosen("orm"), chosen("prm"), "91.8 < 93.2 (GSM8K, LLaMA2-70B, 256)"],
    [chosen("sc"), chosen("prm"), "88.0 < 93.2 (GSM8K, LLaMA2-70B, 256)"],
    [
      ...([chosen("sc-orm"), chosen("sc-prm"), "92.0 < 92.4 (GSM8K, LLaMA2-70B, 256)"] as const),
      "votes count by the score of the last step, the only one that the ORM learns",
    ],
    [chosen("sc-unlabelled"), chosen("sc-prm"), "not measured: what labels add"],
  ]),
  ...orderings("E-9", [
    [greedy, learned("ppo-step"), "66.6 < 73.2 (GSM8K, LLaMA2-7B)"],
    [greedy, learned("rft"), "66.6 < 68.5 (GSM8K, LLaMA2-7B)"],
    [
      ...([learned("rft"), learned("ppo-outcome"), "68.5 < 70.8 (GSM8K, LLaMA2-7B)"] as const),
      "RFT is told which of its answers are right, PPO only what a reward model guesses",
    ],
    [learned("ppo-outcome"), learned("ppo-step"), "70.8 < 73.2 (GSM8K, LLaMA2-7B)"],
  ]),
];
