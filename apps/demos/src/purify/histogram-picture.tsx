import { ByWidth, XAxis, YAxis } from "../drawing/axes";
import { percentText, powerText } from "../drawing/numbers";
import { linearScale, type Scale } from "../drawing/scales";
import { drawnBins } from "./bins";
import type { Outcome } from "./clean";

const HEIGHT = 300;

type Drawn = Pick<Outcome, "histogram" | "rho">;

const parts = ["clean", "poisonous"] as const;

/** Heights by the root of a count, so that the few poisonous weights are seen beside the many others. */
function rootScale(most: number, [start, end]: [number, number]): Scale {
  const roots = linearScale({ from: 0, to: Math.sqrt(most), start, end }, 4);
  return { at: (count) => roots.at(Math.sqrt(count)), ticks: roots.ticks.map((root) => root ** 2) };
}

/** Bars and curves between the edges of a picture. */
function scalesOf({ histogram, rho }: Drawn, edges: Record<"x" | "y", [number, number]>) {
  const { counts, fitted, from, width } = histogram;
  const { first, left, cut } = drawnBins(histogram, rho);
  const most = Math.max(...counts, ...parts.flatMap((part) => fitted?.[part].slice(first) ?? []));
  const [start, end] = edges.x;
  const x = linearScale(
    { from: from + first * width, to: from + counts.length * width, start, end },
    7,
  );
  const y = rootScale(most, edges.y);
  return { x, y, first, left, cut };
}

function Shapes({ drawn, at }: { drawn: Drawn; at: ReturnType<typeof scalesOf> }) {
  const { counts, fitted, from, width } = drawn.histogram;
  const { x, y, first, cut } = at;
  const middle = (i: number) => x.at(from + (first + i + 0.5) * width);
  return (
    <>
      {counts.slice(first).map((count, i) => {
        const [left, right] = [i, i + 1].map((bin) => x.at(from + (first + bin) * width));
        const isReset = cut !== undefined && from + (first + i + 0.5) * width >= cut;
        return (
          <rect
            key={i}
            class={isReset ? "bin reset" : "bin"}
            x={left! + 0.5}
            width={Math.max(0.5, right! - left! - 1)}
            y={y.at(count)}
            height={y.at(0) - y.at(count)}
          />
        );
      })}
      {fitted &&
        parts.map((part) => (
          <polyline
            key={part}
            class={`line ${part}`}
            points={fitted[part]
              .slice(first)
              .map((count, i) => `${middle(i)},${y.at(count)}`)
              .join(" ")}
          />
        ))}
    </>
  );
}

/** The weights by their indicator, at a width in pixels. */
export function HistogramPlot({ drawn, width }: { drawn: Drawn; width: number }) {
  const field = { left: 44, right: width - 12, top: 28, bottom: HEIGHT - 46 };
  const at = scalesOf(drawn, { x: [field.left, field.right], y: [field.bottom, field.top] });
  const { rho, histogram } = drawn;
  const gammas = histogram.fitted
    ? "Two Gamma curves: the clean weights’ lies left, the poisonous ones’ right."
    : "No Gamma curves.";
  const said = `Weights by drift over curvature, from small to large. The largest ${percentText(1 - rho, 0)} are reset. ${gammas}`;
  return (
    <svg class="plot" viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={said}>
      <YAxis scale={at.y} field={field} label="weights, root scale" />
      <XAxis
        scale={{ ...at.x, ticks: at.x.ticks.filter(Number.isInteger) }}
        field={field}
        label="δ²/Ĥ, drift over curvature"
        text={(power) => powerText(10 ** power)}
      />
      <Shapes drawn={drawn} at={at} />
      {at.cut !== undefined && (
        <line
          class="cut"
          x1={at.x.at(at.cut)}
          x2={at.x.at(at.cut)}
          y1={field.top}
          y2={field.bottom}
        />
      )}
    </svg>
  );
}

/** The indicator of all weights with the Gammas of both parts, and where the reserve ratio cuts. */
export function HistogramPicture({ drawn }: { drawn: Drawn }) {
  const { left } = drawnBins(drawn.histogram, drawn.rho);
  return (
    <figure class="wide">
      <ByWidth>{(width) => <HistogramPlot drawn={drawn} width={width} />}</ByWidth>
      <figcaption>
        <span class="swatch reset" />
        set back <span class="swatch kept" />
        kept
        {drawn.histogram.fitted ? (
          <>
            {" "}
            <span class="stroke clean" />
            Gamma of the clean share ρ <span class="stroke poisonous" />
            Gamma of the rest
          </>
        ) : (
          <>. One share alone has no two Gammas</>
        )}
        . {left.toLocaleString("en-US")} weights lie further left, or did not move.
      </figcaption>
    </figure>
  );
}

/** The same small, for the page's card. */
export function IndicatorPicture({ drawn }: { drawn: Drawn }) {
  const [width, height, edge] = [240, 110, 8];
  const at = scalesOf(drawn, { x: [edge, width - edge], y: [height - edge, edge] });
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label="Few weights moved far for their curvature; they are set back"
    >
      <Shapes drawn={drawn} at={at} />
    </svg>
  );
}
