import { type Html, html, section, table } from "@deepgrain/lab";
import type { AnsweredQuestion } from "../../stages/measure-model";
import { milliseconds } from "../../stages/switch-stage";
import type { ReportInput } from "../report-input";

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

/** An answer, with ✓ and in green where it is right to the letter, with ✗ where not. */
const marked = (output: string, wanted: string): Html =>
  output === wanted
    ? html`<span class="good">${output} ✓</span>`
    : html`${output || "–"} <span class="bad">✗</span>`;

/** Held-out questions with the answers before and after. */
export function answerTable(
  wanted: readonly AnsweredQuestion[],
  answers: readonly { name: string; outputs: readonly string[] }[],
): Html {
  const body = wanted.map(({ prompt, answer }, i) => [
    prompt,
    answer,
    ...answers.map(({ outputs }) => marked(outputs[i] ?? "", answer)),
  ]);
  const head = ["question", "wanted", ...answers.map(({ name }) => name)];
  return table(head, body, { text: head.map((_, i) => i) });
}

/** The adapter, off and on in one model. */
export function switching({ results, name }: ReportInput): Html | false {
  const { switch: switched } = results;
  if (!switched) return false;
  const { answers, secondsOn, secondsOff, isRestored } = switched;
  const body = answers.map(({ prompt, answer, off, on }) => [
    prompt,
    marked(off, answer),
    marked(on, answer),
  ]);
  const run = `runs/${name}`;
  return section(
    "Off and on",
    html`<p>The adapter holds the chosen experts and nothing else. It was put into the base model in memory in ${milliseconds(secondsOn)} and taken
out again in ${milliseconds(secondsOff)}; ${isRestored ? "afterwards the model answered as before, to the letter" : "afterwards the model answered differently, which should not be"}.</p>
${table(["question", "adapter off", "adapter on"], body, { text: [0, 1, 2] })}
${commandLines([`npm run -s deepgrain -- generate --model ${run}/base --adapter ${run}/adapter --chat --prompt "${answers[0]?.prompt ?? ""}" --temperature 0 --both`])}`,
  );
}
