import { type Html, html, resultsOf, table } from "@deepgrain/lab";
import { choices, type VerifiedChoice, verifiedChoices } from "./candidates";
import { learnings } from "./claims";
import type { Learning } from "./learn-from-rewards";
import { gain, learners, mean, over, percents, type Runs } from "./report-numbers";

/** The paper's greedy accuracies on GSM8K and MATH of LLaMA2-7B. */
const afterLearning: Record<Learning, string> = {
  rft: "68.5 / 19.9",
  "ppo-outcome": "70.8 / 20.8",
  "ppo-step": "73.2 / 21.6",
};

/** The paper's choices among 256 solutions of Mistral-7B after step-wise PPO. */
const verifiedBefore: Record<VerifiedChoice, string> = {
  sc: "87.4 / 42.3",
  orm: "87.6 / 41.3",
  "sc-orm": "89.0 / 43.1",
  "prm-min": "88.4 / 41.1",
  "sc-prm": "89.1 / 43.5",
};

/** The section on policies that learned from rewards: how many problems they solve. */
export function learningSection(runs: Runs): Html {
  const all = learners(runs);
  const greedy = all.map((own) => own.greedy);
  const rows = (Object.keys(learnings) as Learning[]).map((id) => {
    const own = resultsOf(runs, id).flatMap(({ learned }) => learned ?? []);
    const solved = own.map((one) => one.solved);
    const isWhole = own.length > 0 && own.length === all.length;
    return [
      learnings[id],
      percents(solved.map(mean)),
      isWhole ? gain(greedy, solved) : "–",
      over(own.map(({ steps }) => steps)),
      id === "rft" ? "–" : over(own.map(({ kl }) => kl)),
      afterLearning[id],
    ];
  });
  const after = resultsOf(runs, "ppo-step").flatMap(({ learned: own }) => own?.verified ?? []);
  const verified = verifiedChoices.map((id) => [
    choices[id].name,
    percents(after.map((own) => mean(own[id]))),
    verifiedBefore[id],
  ]);
  const steps = over(all.map(({ greedySteps }) => greedySteps));
  const sft = ["SFT", percents(greedy.map(mean)), "–", steps, "–", "66.6 / 19.2"];
  const head = [
    "greedy answers of",
    "solved, %",
    "more than SFT",
    "steps per answer",
    "KL, nats",
    "paper: GSM8K / MATH",
  ];
  return html`${table(head, [sft, ...rows])}${
    after.length > 0 &&
    table(["step-wise PPO, choice among solutions", "solved, %", "paper: GSM8K / MATH"], verified)
  }<p>Differences in points, with 95 % intervals of a bootstrap over problems and seeds. Step rewards are scores minus
one half, so that more steps are not rewarded by themselves. The KL to the fine-tuned policy is per answer. The paper's numbers are in
percent, of LLaMA2-7B.</p>`;
}
