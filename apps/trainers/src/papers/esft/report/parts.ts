import { Html, html } from "../../../report/html";
import { ALL_TASKS } from "../claims/claim";
import { claimCells, claimText } from "../claims-table";
import { type ExperimentId, experimentNames } from "../experiments";
import type { Judged } from "../judge-claims";
import type { ComparisonResult } from "../summarize";
import { tasks } from "../tasks";

/** A table of text. @param words columns of running text */
export function table(
  head: readonly string[],
  body: readonly (readonly string[])[],
  { isWide = false, words = [] }: { isWide?: boolean; words?: readonly string[] } = {},
): Html {
  const mark = (i: number) => words.includes(head[i]!) && new Html(' class="words"');
  return html`<div class="scroll${isWide && " wide"}"><table>
<thead><tr>${head.map((name, i) => html`<th${mark(i)}>${name}</th>`)}</tr></thead>
<tbody>${body.map((cells) => html`<tr>${cells.map((cell, i) => html`<td${mark(i)}>${cell}</td>`)}</tr>`)}</tbody>
</table></div>`;
}

/** A name with its colour. */
export const key = (color: string, name: string) =>
  html`<span class="key" style="background:${color}"></span>${name} &ensp;`;

/** The orderings of an experiment; where there are means over tasks, those of single tasks on demand. */
function orderings(id: ExperimentId, { claims }: ComparisonResult): Html | false {
  const own = claims.filter(({ experiment }) => experiment === id);
  if (own.length === 0) return false;
  const rows = (some: readonly Judged[]) => {
    const { head, body } = claimCells(some);
    // The heading names the experiment; the scope is told where it is not the same in all rows.
    const first = some.every(({ scope }) => scope === some[0]!.scope) ? 2 : 1;
    return table(
      head.slice(first),
      body.map((cells) => cells.slice(first)),
      { isWide: true, words: ["ordering", "paper", "verdict"] },
    );
  };
  const hasMeans = own.some(({ scope }) => scope === ALL_TASKS);
  const isWhole = ({ scope }: Judged) => !hasMeans || !tasks.some(({ name }) => name === scope);
  const [whole, parts] = [own.filter(isWhole), own.filter((claim) => !isWhole(claim))];
  const causes = own.filter(({ cause }) => cause !== "");
  return html`${rows(whole)}
${parts.length > 0 && html`<details><summary>Task by task</summary>${rows(parts)}</details>`}
${
  causes.length > 0 &&
  html`<details><summary>Likely causes where it is not as published</summary><ul>${causes.map(
    (claim) => html`<li>${claim.scope}, ${claimText(claim)}: ${claim.cause}.</li>`,
  )}</ul></details>`
}`;
}

/** An experiment with its orderings; nothing where it was not asked for. */
export function section(id: ExperimentId, result: ComparisonResult, content: Html): Html | false {
  if (!result.experiments.includes(id)) return false;
  return html`<section><h2>${id} &ensp;${experimentNames[id]}</h2>${content}${orderings(id, result)}</section>`;
}
