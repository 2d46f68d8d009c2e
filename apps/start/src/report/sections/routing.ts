import { meanConcentration, overlapMatrix } from "@deepgrain/esft";
import { type Html, heatMap, html, section } from "@deepgrain/lab";
import {
  concentrationChart,
  overlapChart,
  sharedByChance,
} from "@deepgrain/studies/shared/expert-charts";
import { type LayerRows, layersOf } from "@deepgrain/studies/shared/layer-rows";
import { percent } from "@deepgrain/studies/shared/numbers";
import { grid, whole } from "@deepgrain/support/pages";
import type { ScoreResult, TextUse } from "../../stages/score-stage";
import type { ReportInput } from "../report-input";

/** Names of the texts for people, as they stand inside a sentence. */
const textNames: Readonly<Record<TextUse["name"], string>> = {
  prose: "English prose",
  code: "source code",
  messages: "messages",
  licences: "licences",
  task: "the task",
};

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;

function overlapMap(texts: readonly TextUse[], { experts, topK }: ReportInput["config"]["model"]) {
  const scores = (of: "shares" | "again") =>
    new Map(texts.map((text) => [textNames[text.name], layersOf(text[of])]));
  const { tasks, overlap } = overlapMatrix(scores("shares"), topK, { same: scores("again") });
  const apart = overlap.flatMap((row, i) => row.filter((_, j) => j < i));
  const within = overlap.map((row, i) => row[i]!);
  return overlapChart(tasks, overlap, {
    topK,
    caption: `How many of the ${topK} busiest experts of a layer two texts share, mean over layers: ${mean(apart).toFixed(1)} between two texts, ${mean(within).toFixed(1)} between two samples of one text (on the diagonal), and ${sharedByChance(topK, experts)} by chance.`,
  });
}

/** A map of the experts of each text, those of the task marked where they were chosen. */
function expertMaps(
  { texts, selected }: ScoreResult,
  { topP, scoreFunction }: ReportInput["config"]["select"],
): Html[] {
  const most = Math.max(...texts.flatMap(({ shares }) => Object.values(shares).flat()));
  const count = (rows: LayerRows) => Object.values(rows).reduce((n, list) => n + list.length, 0);
  const task = texts.at(-1)!;
  const chosen = `Chosen for fine-tuning are in each layer the fewest experts that cover ${percent(topP)} of the ${scoreFunction === "token" ? "choices" : "gate weight"}, ${count(selected)} of ${count(task.shares)} in all.`;
  return texts.map((text) =>
    heatMap(text.shares, {
      label: `Share of tokens by layer and expert: ${textNames[text.name]}`,
      names: { row: "layer", column: "expert" },
      format: percent,
      most,
      marked: text === task ? { name: "chosen for fine-tuning", cells: selected } : undefined,
      caption: `${capitalised(textNames[text.name])}: share of the choices that fall on each expert. ${text === task ? chosen : ""}`,
    }),
  );
}

/** Who works on English prose and who on the task: the first map beside the last, with which a report begins. */
export function picture({ results: { scores }, config }: ReportInput): Html | false {
  if (!scores) return false;
  const maps = expertMaps(scores, config.select);
  return grid([maps[0]!, maps.at(-1)!]);
}

/** Which experts the other texts use, how many they share, and how few do most of the work. */
export function routing({ results, config }: ReportInput): Html | false {
  const { scores } = results;
  if (!scores) return false;
  const { texts } = scores;
  const { experts, topK } = config.model;
  const task = texts.at(-1)!;
  const curves = texts.map(({ name, shares }) => ({
    name: textNames[name],
    shares: meanConcentration(layersOf(shares)),
  }));
  const quarter = Math.max(1, Math.round(experts / 4));
  const quarters = curves.map(({ name, shares }) => `${percent(shares[quarter - 1]!)} of ${name}`);
  return section(
    "Which experts does a text use?",
    html`<p>Every token is sent to ${topK} of ${experts} experts of each layer. Counting where the tokens of a text go shows who
works on it; each map, and those at the top of the report, rests on ${whole(task.tokens)} tokens or a little less. If all experts
did the same, the maps would be even and alike.</p>
${grid(expertMaps(scores, config.select).slice(1, -1))}
${overlapMap(texts, config.model)}
${concentrationChart(
  curves,
  `Experts ordered by how busy they are with a text, averaged over layers. The busiest quarter gets ${quarters.join(", ")}; evenly it would be ${percent(0.25)}.`,
)}`,
  );
}
