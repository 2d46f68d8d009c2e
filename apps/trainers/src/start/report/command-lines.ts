import { type Html, html } from "@deepgrain/lab";

/** Commands to copy, which break at spaces only. */
export const commandLines = (lines: readonly string[]): Html =>
  html`<pre style="overflow-x:auto"><code>${lines.map((line, i) => [
    i > 0 && "\n",
    line
      .split(" ")
      .map((word, j) => [
        j > 0 && " ",
        html`<span style="white-space:nowrap;overflow-wrap:normal">${word}</span>`,
      ]),
  ])}</code></pre>`;
