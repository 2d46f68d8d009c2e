import type { Look } from "./look";
import { type End, LAYERS } from "./names";

const [WIDTH, ROW, LEFT, RIGHT] = [340, 30, 58, 6];
const parts = ["wp", "pq", "ww"] as const;
const names = { wp: "into label words", pq: "from label words", ww: "the rest" };

/** Whether a layer is cut, when so many are from one end. */
const isCut = (layer: number, where: End, layers: number) =>
  where === "first" ? layer < layers : layer >= LAYERS - layers;

/** The flow of each layer as a bar of three shares, the first layer below; cut layers are crossed. */
export function FlowPicture({
  flow,
  where,
  layers,
}: Pick<Look, "flow"> & { where: End; layers: number }) {
  const wide = WIDTH - LEFT - RIGHT;
  const said = flow
    .map((shares, layer) => {
      const own = parts.map((part) => `${Math.round(100 * shares[part])} % ${names[part]}`);
      return `Layer ${layer + 1}${isCut(layer, where, layers) ? ", cut" : ""}: ${own.join(", ")}`;
    })
    .join(". ");
  return (
    <svg class="flow" viewBox={`0 0 ${WIDTH} ${LAYERS * ROW}`} role="img" aria-label={said}>
      {flow.map((shares, layer) => {
        const y = (LAYERS - 1 - layer) * ROW + 4;
        let x = LEFT;
        return (
          <g key={layer}>
            <text x={0} y={y + 15}>
              layer {layer + 1}
            </text>
            {parts.map((part) => {
              const start = x;
              x += wide * shares[part];
              return (
                <rect
                  key={part}
                  class={part}
                  x={start}
                  y={y}
                  width={wide * shares[part]}
                  height={ROW - 8}
                />
              );
            })}
            {isCut(layer, where, layers) && (
              <line class="cut" x1={LEFT - 4} x2={WIDTH - RIGHT + 4} y1={y + 11} y2={y + 11} />
            )}
          </g>
        );
      })}
    </svg>
  );
}
