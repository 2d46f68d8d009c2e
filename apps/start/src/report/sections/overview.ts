import { type Html, html, section } from "@deepgrain/lab";
import { nats, percent, roundly } from "@deepgrain/studies/shared/numbers";
import { checkedTasks } from "@deepgrain/studies/shared/tasks/tasks";
import { folded, whole } from "@deepgrain/support/pages";
import type { ReportInput } from "../report-input";
import { commandLines } from "./switching";

const tile = (label: string, value: string, note: string): Html =>
  html`<div><dt>${label}</dt><dd>${value}<small>${note}</small></dd></div>`;

/** The steps of the job, in a few sentences. */
export function intro({ config }: ReportInput): Html {
  const { experts, topK } = config.model;
  return html`<p>A small language model learnt from novels and speeches, source code, messages in fourteen languages, and licences. Each token passes through ${topK} of ${experts} small expert networks in a layer. Then the model had to learn something it could not do: ${checkedTasks[config.task.id].aim}. It learnt this by changing only the few experts that the task uses.</p>`;
}

/** The base model: its size, and how well it writes. */
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

/** The basis of the report, and all settings. */
export const sources = ({ config }: ReportInput): Html | false =>
  section(
    "Sources and settings",
    html`<p class="meta">Methods: Dai et al. 2024, DeepSeekMoE (arXiv 2401.06066); Wang et al. 2024, expert-specialised fine-tuning
(arXiv 2407.01906). The sizes here are about ten thousand times smaller than the papers', so the numbers show how the
methods work, not how well they do at scale. Text: Herman Melville, Moby Dick; State of the Union addresses (public domain,
collected by stdlib). Code: RxJS, node-gyp. Messages: TypeScript 5.9 (Microsoft, Apache-2.0). Licences: the SPDX list.</p>
${folded("All settings", html`<pre><code>${JSON.stringify(config, undefined, 2)}</code></pre>`)}`,
  );

/** Next steps with the model. */
export function nextSteps({ name, config, results }: ReportInput): Html | false {
  const run = `runs/${name}`;
  const command = (text: string) => `npm run -s deepgrain -- ${text}`;
  const own = results.esft ? `${run}/specialised` : `${run}/base`;
  const apply = command(
    `esft apply --model ${run}/base --adapter ${run}/adapter --out ${run}/specialised`,
  );
  return section(
    "What to do next with the model",
    html`<p>The run's folder has the model in Hugging Face's layout (<code>base</code>), the adapter with its
<code>expert_cfg.json</code> (<code>adapter</code>), the scores (<code>scores</code>) and every measurement
(<code>metrics.jsonl</code>).</p>
${
  results.esft &&
  html`<h3>Put the adapter into the model</h3>
${commandLines([apply])}`
}
<h3>Chat with it</h3>
${commandLines([command(`chat --model ${own}`), command(`generate --model ${run}/base --prompt "The whale"`)])}
<h3>Serve it to OpenAI's clients</h3>
${commandLines([command(`serve --model ${own}`)])}
<h3>Convert it, for example for llama.cpp</h3>
${commandLines([command(`convert ${own} --to gguf --dtype q8_0 --out ${own}-gguf`)])}
${
  config.preset === "quick" &&
  html`<h3>Train it long enough</h3>
<p>This was the quick size, a smoke test of every stage. The usual size takes a few minutes:</p>
${commandLines(["npm start"])}`
}`,
  );
}
