import {
  estimateOf,
  type Html,
  html,
  resultsOf,
  type Section,
  type SectionInput,
  scatter,
  table,
} from "@deepgrain/lab";
import { decimal, spread } from "@deepgrain/support/pages";
import { fixed, outcomeNote } from "../shared/outcome-text";
import { isKeptClaim, isWinClaim, type Key, othersSolved, read } from "./claims";
import { bestOf, grids } from "./grids";
import { methods, tuningSeeds } from "./methods";
import type { PreferenceSettings } from "./recipe";
import type { PreferenceResult } from "./result";

type Input = SectionInput<PreferenceSettings, PreferenceResult>;
type Runs = Input["runs"];

const shownOf = (runs: Runs) => methods.filter(({ id }) => resultsOf(runs, id).length > 0);

const meanOf = (runs: Runs, key: Key, id: string) => estimateOf(read(key, key)(id), runs)!;

const head = ["method", "win rate", "other tasks", "continues the count", "accuracy"];

function learned(runs: Runs): Html {
  const shown = shownOf(runs);
  const rates = shown.map(({ id }) => meanOf(runs, "winRate", id).mean);
  const best = shown[rates.indexOf(Math.max(...rates))]!;
  const order =
    shown.length > 1 &&
    html`<p>${best.name} has the highest mean win rate, ${decimal(Math.max(...rates))}; whether it is higher than the others' was not tested.</p>`;
  const cells = (id: string, keys: readonly Key[]) =>
    keys.map((key) => spread(meanOf(runs, key, id), [0, 1]));
  const others = (id: string, when: "solvedBefore" | "solvedAfter") =>
    spread(estimateOf(othersSolved(when)(id), runs)!, [0, 1]);
  const [accuracy, counts] = cells(shown[0]!.id, ["accuracyBefore", "countsBefore"]);
  return html`${order}${table(head, [
    ["before", "–", others(shown[0]!.id, "solvedBefore"), counts!, accuracy!],
    ...shown.map(({ id, name }) => [
      name,
      ...cells(id, ["winRate"]),
      others(id, "solvedAfter"),
      ...cells(id, ["countsAfter", "accuracyAfter"]),
    ]),
  ])}<p class="meta">Accuracy: share of held-out pairs ranked correctly, by the probability of the answers before and by the implied reward
after. Win rate: the judge compares sampled answers to held-out prompts with those of the model before preference training, ties count
one half. Other tasks: the share of held-out prompts of the two tasks without preferences that the likeliest answer solves. Continues the
count: the share of an answer's numbers that continue the count from the prompt, up or down.</p>`;
}

/** How far the models moved, and whether the bound on that held. */
function moved({ runs, settings }: Input): Html {
  const all = shownOf(runs).flatMap(({ id }) => resultsOf(runs, id));
  const highest = (own: readonly PreferenceResult[]) =>
    decimal(Math.max(...own.map(({ highestKl }) => highestKl)));
  const stopped = all.filter(({ isStopped }) => isStopped).length;
  return html`<p>The KL divergence to the reference stayed at or below ${highest(all)} nats per token in all ${all.length} runs; the bound is
${settings.maxKl}, which stopped ${stopped} of them early.</p>${table(
    ["method", "learning rate", "steps kept", "final KL", "highest KL of any run"],
    shownOf(runs).map(({ id, name }) => [
      name,
      String(bestOf(grids[id])),
      meanOf(runs, "steps", id).mean.toFixed(0),
      spread(meanOf(runs, "kl", id)),
      highest(resultsOf(runs, id)),
    ]),
  )}<p class="meta">The KL is measured over the whole vocabulary, on held-out pairs and on the pairs of the next step. Rates were chosen on seeds
${tuningSeeds.join(", ")} (<code>grids.ts</code>).</p>`;
}

/** The win rate of every run over how far it moved from the model before it. */
export function picture({ runs }: Input): Html | false {
  const shown = shownOf(runs);
  return (
    shown.length > 0 &&
    scatter({
      label: "Win rate over how far the model moved, run by run",
      caption:
        "A point per seed. Higher: the judge prefers more answers to those of the model before, which would win one half against itself. Further right: the model moved further from it.",
      x: { label: "KL divergence to the model before, nats per token" },
      y: { label: "comparisons won, %" },
      groups: shown.map(({ id, name }) => ({
        name,
        points: resultsOf(runs, id).map(({ kl, winRate }) => ({ x: kl, y: 100 * winRate })),
      })),
    })
  );
}

/** The result in a sentence: how often the first method wins against the model before it, and what was given up. */
export function finding({ runs, judgement }: Input): string {
  const [first] = shownOf(runs);
  if (!first) return "No model has learned preferences yet.";
  const { id, name } = first;
  const share = (key: Key) => fixed(100 * meanOf(runs, key, id).mean, 1);
  const won = outcomeNote(judgement.claims.find(isWinClaim(id)));
  const kept = outcomeNote(judgement.claims.find(isKeptClaim(id)));
  const [before, after] = (["solvedBefore", "solvedAfter"] as const).map((when) =>
    fixed(100 * estimateOf(othersSolved(when)(id), runs)!.mean, 1),
  );
  const label = name.replace(/,.*/, "");
  return `After ${label}, answers win ${share("winRate")} % of the comparisons with those before${won}, and the other two tasks go from ${before} to ${after} % solved${kept}.`;
}

const sources = html`<p class="meta">DPO: Rafailov et al. 2023 (arXiv 2305.18290). IPO: Azar et al. 2024 (arXiv 2310.12036). Published
numbers: DeepSeek LLM (DeepSeek-AI 2024, arXiv 2401.02954), section 4. The weight of fine-tuning: Pang et al. 2024 (arXiv 2404.19733), Llama
3 (Dubey et al. 2024, arXiv 2407.21783). MT-Bench: Zheng et al. 2023 (arXiv 2306.05685). The tasks here are
made up and the models have two layers, so only orderings can be compared.</p>`;

/** Sections of the report besides the claims. */
export const sections: readonly Section<PreferenceSettings, PreferenceResult>[] = [
  {
    experiment: "C-8",
    title: "Preferences learned",
    content: (input) => [learned(input.runs), moved(input)],
  },
  { title: "Sources", content: () => sources },
];
