import { type Html, html } from "./html";

/** How something came out: as claimed, otherwise, or open. */
export type Standing = "good" | "bad" | "open";

const marks: Readonly<Record<Standing, string>> = { good: "✓", bad: "✗", open: "○" };

/** A verdict with its colour and its mark, so that neither alone carries it. */
export const verdict = (standing: Standing, words: string): Html =>
  html`<span class="verdict ${standing}"><span aria-hidden="true">${marks[standing]}</span> ${words}</span>`;

/** Names that a page uses, each with what it means. */
export const terms = (list: readonly (readonly [name: string, meaning: string | Html])[]): Html =>
  html`<dl class="terms">${list.map(([name, meaning]) => html`<div><dt>${name}</dt><dd>${meaning}</dd></div>`)}</dl>`;

/** A piece of text, coloured and underlined by how much it speaks for something (above 0) or against it. @param strongest evidence of the full colour */
export function evidenceSpan(text: string, evidence: number, strongest = 2): Html | string {
  if (evidence === 0) return text;
  const share = Math.round(100 * (0.12 + 0.33 * Math.min(1, Math.abs(evidence) / strongest)));
  return html`<span class="${evidence > 0 ? "for" : "against"}" style="--share: ${share}%" title="${evidence.toFixed(2)}">${text}</span>`;
}
