import { percent } from "./moved";
import { LAYERS, modelTitles } from "./names";
import { type Line, tokensOf } from "./prompt-text";
import type { LayerLines } from "./reading";

const [WIDTH, ROW, TOP, MIDDLE] = [360, 16, 26, 180];
/** From the middle of a word to where its lines begin, and the widest line. */
const [BESIDE, WIDEST] = [38, 9];
/** How far the longest line swings out. */
const SWING = MIDDLE - BESIDE - 6;

type Tokens = ReturnType<typeof tokensOf>;

/** The kind of flow that a line is: into label words, from them into the answer, or other flow. */
function kindOf(tokens: Tokens, source: number, to: number): "wp" | "pq" | "ww" {
  if (tokens[to]!.kind === "label") return "wp";
  return tokens[source]!.kind === "label" && to === tokens.length - 1 ? "pq" : "ww";
}

/** The lines of one model, on one side of the words. */
function Side({
  tokens,
  lines,
  side,
}: Pick<LayerLines, "lines"> & { tokens: Tokens; side: 1 | -1 }) {
  const y = (at: number) => TOP + (at + 0.5) * ROW;
  const x = MIDDLE + side * BESIDE;
  return (
    <g>
      {[...lines]
        .sort((one, other) => one[2] - other[2])
        .map(([source, to, share]) => {
          const far = x + side * SWING * 1.3 * Math.sqrt((to - source) / tokens.length);
          return (
            <path
              key={`${source}-${to}`}
              class={kindOf(tokens, source, to)}
              d={`M${x} ${y(source)}C${far} ${y(source)} ${far} ${y(to)} ${x} ${y(to)}`}
              stroke-width={Math.max(0.75, WIDEST * share)}
            />
          );
        })}
    </g>
  );
}

function saidOf(tokens: Tokens, { into, from, lines }: LayerLines): string {
  const [source, to, share] = lines.reduce((most, line) => (line[2] > most[2] ? line : most), [
    0, 0, 0,
  ] as LayerLines["lines"][number]);
  const strongest =
    share > 0
      ? `; the strongest line, ${percent(share)}, from ${tokens[source]!.word} to ${tokens[to]!.word}`
      : "";
  return `${percent(into)} into label words, ${percent(from)} from label words into the answer${strongest}`;
}

/** The words of a prompt below each other, and a layer's flow between them: that of one model to their left, of the other to their right. */
export function FlowLines({
  lines,
  layer,
  anchors,
  control,
}: {
  lines: readonly Line[];
  layer: number;
  anchors: LayerLines;
  control: LayerLines;
}) {
  const tokens = tokensOf(lines);
  const height = TOP + tokens.length * ROW + 4;
  const said = `Flow in layer ${layer} of ${LAYERS}. ${modelTitles.anchors}: ${saidOf(tokens, anchors)}. ${modelTitles.control}: ${saidOf(tokens, control)}.`;
  return (
    <svg class="between" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={said}>
      <text class="side of-anchors" x={4} y={13}>
        {modelTitles.anchors}
      </text>
      <text class="side of-control" x={WIDTH - 4} y={13} text-anchor="end">
        {modelTitles.control}
      </text>
      <Side tokens={tokens} lines={anchors.lines} side={-1} />
      <Side tokens={tokens} lines={control.lines} side={1} />
      {tokens.map(({ word, kind }, at) => (
        <text key={at} class={kind} x={MIDDLE} y={TOP + (at + 0.5) * ROW + 4} text-anchor="middle">
          {at === tokens.length - 1 ? `${word} ?` : word}
        </text>
      ))}
    </svg>
  );
}
