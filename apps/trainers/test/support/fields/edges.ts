/** @file Values just inside and just outside the range of a field. */
import type { OptionField } from "@deepgrain/support";

/** A value at the edge of a range. */
export interface Edge {
  readonly value: number | string;
  readonly isInside: boolean;
}

/** The next float64 above (1) or below (−1) a number. */
function neighbour(x: number, direction: 1 | -1): number {
  if (x === 0) return direction * Number.MIN_VALUE;
  const bits = new BigInt64Array(1);
  const value = new Float64Array(bits.buffer);
  value[0] = x;
  bits[0] = bits[0]! + BigInt(x > 0 ? direction : -direction);
  return value[0]!;
}

/** The edges of a field's range; none where it has no range. */
export function edgesOf(field: OptionField): Edge[] {
  if (field.kind === "choice")
    return [...field.words, "no-such"].map((value) => ({ value, isInside: value !== "no-such" }));
  if (!("min" in field || field.kind.startsWith("whole") || field.kind.startsWith("real")))
    return [];
  const { min = 0, max, above, below, kind } = field as Extract<OptionField, { kind: "real" }>;
  const isWhole = (kind as string).startsWith("whole");
  const step = (x: number, direction: 1 | -1) =>
    isWhole ? x + direction : neighbour(x, direction);
  const least: Edge[] =
    above !== undefined
      ? [
          { value: above, isInside: false },
          { value: step(above, 1), isInside: true },
        ]
      : [
          { value: step(min, -1), isInside: false },
          { value: min, isInside: true },
        ];
  const most: Edge[] = [
    ...(max === undefined
      ? []
      : [
          { value: max, isInside: true },
          { value: step(max, 1), isInside: false },
        ]),
    ...(below === undefined
      ? []
      : [
          { value: step(below, -1), isInside: true },
          { value: below, isInside: false },
        ]),
  ];
  return [...least, ...most].filter(({ value }) => Number.isFinite(value));
}
