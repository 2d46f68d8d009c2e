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
