import { ByWidth, type Field, XAxis, YAxis } from "../drawing/axes";
import { linearScale } from "../drawing/scales";
import { EIGHTHS, MOST_EIGHTHS } from "./busiest";
import { type Both, kinds } from "./pair-names";

/** Pixels of the picture's height and around its field. */
const HEIGHT = 230;
const AROUND = { left: 44, right: 16, top: 28, bottom: 46 };

const percent = (share: number) => `${Math.round(1000 * share) / 10} %`;

function Picture({
  drops,
  eighths,
  width,
}: {
  drops: Both<readonly number[]>;
  eighths: number | undefined;
  width: number;
}) {
  const field: Field = {
    left: AROUND.left,
    right: width - AROUND.right,
    top: AROUND.top,
    bottom: HEIGHT - AROUND.bottom,
  };
  const losses = kinds.flatMap((kind) => drops[kind]);
  const [from, to] = [Math.min(...losses), Math.max(...losses)];
  const most = MOST_EIGHTHS / EIGHTHS;
  const x = linearScale({ from: 0, to: most, start: field.left, end: field.right }, MOST_EIGHTHS);
  const y = linearScale({ from, to, start: field.bottom, end: field.top }, 5);
  const ticks = Array.from({ length: MOST_EIGHTHS + 1 }, (_, i) => i / EIGHTHS);
  const every = width < 500 ? ticks.filter((_, i) => i % 2 === 0) : ticks;
  return (
    <svg
      class="plot drops"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={`Held-out loss over the share of the experts that are off, busiest first: with three quarters off, ${drops.coarse[MOST_EIGHTHS]!.toFixed(3)} nats per letter with coarse experts and ${drops.fine[MOST_EIGHTHS]!.toFixed(3)} with fine ones.`}
    >
      <YAxis scale={y} field={field} label="held-out loss, nats per letter" />
      <XAxis
        scale={{ ...x, ticks: every }}
        field={field}
        label="share of each layer’s experts that are off, busiest first"
        text={percent}
      />
      {eighths !== undefined && (
        <line
          class="cut"
          x1={x.at(eighths / EIGHTHS)}
          x2={x.at(eighths / EIGHTHS)}
          y1={field.top}
          y2={field.bottom}
        />
      )}
      {kinds.map((kind) => (
        <g key={kind} class={`drop ${kind}`}>
          <polyline
            class={`line ${kind}`}
            points={drops[kind].map((loss, i) => `${x.at(i / EIGHTHS)},${y.at(loss)}`).join(" ")}
          />
          {drops[kind].map((loss, i) => (
            <circle key={i} cx={x.at(i / EIGHTHS)} cy={y.at(loss)} r={i === eighths ? 6 : 3} />
          ))}
        </g>
      ))}
    </svg>
  );
}

/** The loss of both models over the share of their experts that are off. @param eighths the share that is chosen, if one is */
export const DropPicture = (props: {
  drops: Both<readonly number[]>;
  eighths: number | undefined;
}) => <ByWidth>{(width) => <Picture {...props} width={width} />}</ByWidth>;
