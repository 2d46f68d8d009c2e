import { type Html, html, section, whole } from "@deepgrain/lab";
import { percent } from "../../../report/numbers";
import { languageNames } from "../../translation-task";
import { concentration, concentrationChart } from "../charts/concentration-chart";
import { heatMap } from "../charts/heat-map";
import type { ReportInput } from "../report-input";

/** Which experts each text uses, and which of them were chosen. */
export function routing({ results, config }: ReportInput): Html | false {
  const { scores } = results;
  if (!scores) return false;
  const { english, task, selected, tokens } = scores;
  const most = Math.max(...Object.values({ ...english }).flat(), ...Object.values(task).flat());
  const chosen = Object.values(selected).reduce((n, list) => n + list.length, 0);
  const all = Object.values(task).reduce((n, list) => n + list.length, 0);
  const { topP, scoreFunction } = config.select;
  const quarter = Math.max(1, Math.round(config.model.experts / 4));
  const shareOf = (text: typeof english) => concentration(text)[quarter]!.share;
  return section(
    "Which experts does a text use?",
    html`<p>Every token is sent to ${config.model.topK} experts of each layer. Counting where the tokens of a text go shows who works
on it: ${whole(tokens.english)} tokens of held-out English, and ${whole(tokens.task)} of the translation task. If all experts
did the same, both maps would be even.</p>
${heatMap("Share of English tokens by layer and expert", english, {
  most,
  caption:
    "English: share of the choices that fall on each expert. The first layer has no experts.",
})}
${heatMap("Share of task tokens by layer and expert", task, {
  most,
  selected,
  caption: `Messages in English and ${languageNames[config.task.language]}. Chosen for fine-tuning are in each layer the fewest experts that cover ${percent(topP)} of the ${scoreFunction === "token" ? "choices" : "gate weight"}, ${chosen} of ${all} in all.`,
})}
${concentrationChart(
  { English: english, "the task": task },
  `Experts ordered by how busy they are, averaged over layers. The busiest quarter of the experts gets ${percent(shareOf(task))} of the task's choices and ${percent(shareOf(english))} of English's.`,
)}`,
  );
}
