import { type Html, html, section } from "@deepgrain/lab";
import { nats, percent, roundly } from "@deepgrain/studies/shared/numbers";
import { checkedTasks } from "@deepgrain/studies/shared/tasks/tasks";
import { whole } from "@deepgrain/support/pages";
import type { ReportInput } from "../report-input";
import { commandLines } from "./switching";

const tile = (label: string, value: string, note: string): Html =>
  html`<div><dt>${label}</dt><dd>${value}<small>${note}</small></dd></div>`;

/** What was done, in a few sentences. */
export function lead({ config }: ReportInput): Html {
  const { experts, topK } = config.model;
  return html`<p class="lead">A small language model learnt from novels and speeches, source code, messages in fourteen languages, and licences. Each token passes through ${topK} of ${experts} small expert networks in a layer. Then the model had to learn something it could not do: ${checkedTasks[config.task.id].aim}. It learnt this by changing only the few experts that the task uses.</p>`;
}

/** What the base model is: its size, and how well it writes. */
export function tiles({ results }: ReportInput): Html {
  const { pretrain } = results;
  return html`<dl class="tiles">
${
  pretrain && [
    tile(
      "size",
      roundly(pretrain.parameters),
      `parameters, ${roundly(pretrain.activatedParameters)} used per token`,
    ),
    tile(
      "written words that occur in the training text",
      percent(pretrain.words.known / pretrain.words.words),
      `of ${whole(pretrain.words.words)}; held-out loss ${nats(pretrain.validationLoss)} nats per token`,
    ),
  ]
}
</dl>`;
}

/** What to do with the run, what the report rests on, and all settings. */
export function closing({ name, config, results }: ReportInput): Html | false {
  const run = `runs/${name}`;
  const commands = [
    `npm run -s deepgrain -- generate --model ${run}/base --prompt "The whale"`,
    results.esft &&
      `npm run -s deepgrain -- esft apply --model ${run}/base --adapter ${run}/adapter --out ${run}/specialised`,
  ].filter((command) => typeof command === "string");
  return section(
    "Next steps",
    html`<p>The run's folder has the model in Hugging Face's layout (<code>base</code>), the adapter with its
<code>expert_cfg.json</code> (<code>adapter</code>), the scores (<code>scores</code>) and every measurement
(<code>metrics.jsonl</code>).</p>
${commandLines(commands)}
<p class="meta">Methods: Dai et al. 2024, DeepSeekMoE (arXiv 2401.06066); Wang et al. 2024, expert-specialised fine-tuning
(arXiv 2407.01906). The sizes here are about ten thousand times smaller than the papers', so the numbers show how the
methods work, not how well they do at scale. Text: Herman Melville, Moby Dick; State of the Union addresses (public domain,
collected by stdlib). Code: RxJS, node-gyp. Messages: TypeScript 5.9 (Microsoft, Apache-2.0). Licences: the SPDX list.</p>
<details><summary>All settings</summary><pre><code>${JSON.stringify(config, undefined, 2)}</code></pre></details>`,
  );
}
