import { type Html, html, section } from "@deepgrain/lab";
import { commandLines } from "../command-lines";
import type { ReportInput } from "../report-input";

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
