import { expertOverlap } from "@deepgrain/esft";
import { type Html, heatMap, html, matrix, section, whole } from "@deepgrain/lab";
import { percent } from "@deepgrain/studies/shared/numbers";
import type { LayerRows, TextUse } from "../../stages/score-stage";
import { concentration, concentrationChart } from "../charts/concentration-chart";
import type { ReportInput } from "../report-input";
import { textNames } from "../text-names";

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const layersOf = (rows: LayerRows): Map<number, Float64Array> =>
  new Map(Object.entries(rows).map(([layer, row]) => [Number(layer), Float64Array.from(row)]));

/**
 * How many of the k best experts of a layer two texts share; on the diagonal two samples of one text.
 * @returns means over layers, a row per text
 */
export function sharedExperts(texts: readonly TextUse[], k: number): number[][] {
  return texts.map((a, i) =>
    texts.map((b, j) =>
      expertOverlap(layersOf(a.shares), layersOf(i === j ? b.again : b.shares), k),
    ),
  );
}

/** Share of a text's choices that its busiest quarter of the experts gets. */
export const busiestQuarter = ({ shares }: Pick<TextUse, "shares">, experts: number): number =>
  concentration(shares)[Math.max(1, Math.round(experts / 4))]!.share;

function overlapMap(texts: readonly TextUse[], { experts, topK }: ReportInput["config"]["model"]) {
  const names = texts.map(({ name }) => textNames[name]);
  const values = sharedExperts(texts, topK);
  const apart = values.flatMap((row, i) => row.filter((_, j) => j < i));
  const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
  return matrix({
    label: "Best experts that two texts share",
    caption: `How many of the ${topK} busiest experts of a layer two texts share, mean over layers: ${mean(apart).toFixed(1)} between two texts, ${mean(values.map((row, i) => row[i]!)).toFixed(1)} between two samples of one text (on the diagonal), and ${((topK * topK) / experts).toFixed(1)} by chance.`,
    rows: names,
    columns: names,
    values,
    max: topK,
    format: (x: number) => x.toFixed(1),
  });
}

/** Which experts each text uses, and which of them were chosen. */
export function routing({ results, config }: ReportInput): Html | false {
  const { scores } = results;
  if (!scores) return false;
  const { texts, selected } = scores;
  const { experts, topK } = config.model;
  const most = Math.max(...texts.flatMap(({ shares }) => Object.values(shares).flat()));
  const count = (rows: LayerRows) => Object.values(rows).reduce((n, list) => n + list.length, 0);
  const { topP, scoreFunction } = config.select;
  const task = texts.at(-1)!;
  const chosen = `Chosen for fine-tuning are in each layer the fewest experts that cover ${percent(topP)} of the ${scoreFunction === "token" ? "choices" : "gate weight"}, ${count(selected)} of ${count(task.shares)} in all.`;
  const quarters = texts.map(
    (text) => `${percent(busiestQuarter(text, experts))} of ${textNames[text.name]}`,
  );
  return section(
    "Which experts does a text use?",
    html`<p>Every token is sent to ${topK} of ${experts} experts of each layer. Counting where the tokens of a text go shows who
works on it; each map rests on ${whole(task.tokens)} tokens or a little less. If all experts did the same, the maps would be even
and alike.</p>
${texts.map((text) =>
  heatMap({
    label: `Share of tokens by layer and expert: ${textNames[text.name]}`,
    shares: text.shares,
    axes: { row: "layer", column: "expert" },
    max: most,
    marked: text === task ? { name: "chosen for fine-tuning", cells: selected } : undefined,
    caption: `${capitalised(textNames[text.name])}: share of the choices that fall on each expert. ${text === task ? chosen : ""}`,
  }),
)}
${overlapMap(texts, config.model)}
${concentrationChart(
  Object.fromEntries(texts.map(({ name, shares }) => [textNames[name], shares])),
  `Experts ordered by how busy they are with a text, averaged over layers. The busiest quarter gets ${quarters.join(", ")}; evenly it would be ${percent(0.25)}.`,
)}`,
  );
}
