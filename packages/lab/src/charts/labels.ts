import { type Labelled, placeLabels } from "@deepgrain/support/pages";
import { initializer, type Markish, text } from "#plot";
import { HALO } from "./figure";

/** Labels beside points, the first ones first; one that has no room is left to the table of numbers. */
export const labels = (points: readonly (Labelled & { color?: string | undefined })[]): Markish =>
  text(
    points,
    initializer(
      {
        x: "x",
        y: "y",
        text: "label",
        textAnchor: "start",
        fill: ({ color = "var(--text)" }: { color?: string }) => color,
        ...HALO,
      },
      (data, facets, _, { x: toX, y: toY }, { width: right, height, ...margins }) => {
        const { marginLeft: left, marginTop: top, marginBottom } = margins;
        const at = points.map(({ x, y, label }) => ({ x: +toX!(x), y: +toY!(y), label }));
        const boxes = placeLabels(at, { left, right, top, bottom: height - marginBottom });
        const channels = {
          x: { value: boxes.map((box) => box?.left ?? 0) },
          y: { value: boxes.map((box) => (box ? (box.top + box.bottom) / 2 : 0)) },
        };
        return { data, facets: facets.map((own) => own.filter((i) => boxes[i])), channels };
      },
    ),
  );
