import { Html, html, page } from "@deepgrain/support/pages";
import { having, listOf } from "../errors";

/** A solution with the score of each step. */
export interface ScoredSteps {
  problem: string;
  steps: readonly string[];
  scores: readonly number[];
}

/** Red at 0, yellow at ½, green at 1: degrees of hue. */
const hueOf = (score: number): number => Math.round(140 * score);

/** Red, yellow, green as bytes, for terminals. */
function rgbOf(score: number): [number, number, number] {
  const mix = (from: readonly number[], to: readonly number[], share: number) =>
    from.map((value, i) => Math.round(value + share * (to[i]! - value))) as [
      number,
      number,
      number,
    ];
  const [bad, middle, good] = [
    [224, 82, 72],
    [214, 170, 50],
    [66, 176, 96],
  ] as const;
  return score < 0.5 ? mix(bad, middle, 2 * score) : mix(middle, good, 2 * score - 1);
}

/** Lines for a terminal: the score, then the step in its colour. Without colours the score alone tells. */
export function colouredText(scoredSteps: ScoredSteps, hasColours: boolean): string {
  const { problem, steps, scores } = having(
    "colouredText",
    "scoredSteps",
    scoredSteps,
    "problem",
    "steps",
    "scores",
  );
  const lines = steps.map((step, i) => {
    const text = `${scores[i]!.toFixed(3)}  ${step}`;
    if (!hasColours) return text;
    return `\u001b[38;2;${rgbOf(scores[i]!).join(";")}m${text}\u001b[39m`;
  });
  return `${[problem, ...lines].join("\n")}\n`;
}

const style = new Html(`<style>
.steps { list-style: none; padding: 0; display: grid; gap: .4rem; }
.steps li { display: grid; grid-template-columns: 4.2rem 1fr; gap: .6rem; padding: .45rem .7rem; border-radius: .4rem;
border-left: .35rem solid hsl(var(--hue) 62% 45%); background: hsl(var(--hue) 60% 50% / .16); }
.steps b { font-variant-numeric: tabular-nums; }
.steps span { overflow-wrap: anywhere; }
.problem { overflow-wrap: anywhere; }
</style>`);

/** A page with every solution's steps coloured by score, from red through yellow to green. */
export function colouredPage(solutions: readonly ScoredSteps[]): string {
  listOf("colouredPage", "solutions", solutions);
  const sections = solutions.map(
    ({ problem, steps, scores }, i) =>
      html`<section><h2>Solution ${i + 1}</h2><p class="problem">${problem}</p><ol class="steps">${steps.map(
        (step, at) =>
          html`<li style="--hue: ${hueOf(scores[at]!)}"><b>${scores[at]!.toFixed(3)}</b><span>${step}</span></li>`,
      )}</ol></section>`,
  );
  return page({
    title: "Scored steps",
    lead: "The number before a step is the probability that it is good: red is 0, yellow one half, green 1.",
    sections: [style, ...sections],
  });
}
