import { tickText } from "@deepgrain/support/pages";
import type { ComponentChildren } from "preact";
import { powerText } from "./numbers";
import type { Scale } from "./scales";

/** The edges of a picture's field, in pixels. */
export interface Field {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** The scale below a field. */
export function XAxis({
  scale,
  field,
  label,
  text = powerText,
}: {
  scale: Scale;
  field: Field;
  label: string;
  text?: ((value: number) => string) | undefined;
}) {
  return (
    <g class="axis">
      <line x1={field.left} x2={field.right} y1={field.bottom} y2={field.bottom} />
      {scale.ticks.map((tick) => (
        <g key={tick}>
          <line x1={scale.at(tick)} x2={scale.at(tick)} y1={field.bottom} y2={field.bottom + 5} />
          <text x={scale.at(tick)} y={field.bottom + 18} text-anchor="middle">
            {text(tick)}
          </text>
        </g>
      ))}
      <text x={field.right} y={field.bottom + 36} text-anchor="end">
        {label}
      </text>
    </g>
  );
}

/** The scale left of a field, with faint lines through it. */
export function YAxis({
  scale,
  field,
  label,
  text = tickText,
}: {
  scale: Scale;
  field: Field;
  label: string;
  text?: ((value: number) => string) | undefined;
}) {
  return (
    <g class="axis">
      {scale.ticks.map((tick) => (
        <g key={tick}>
          <line
            class="grid"
            x1={field.left}
            x2={field.right}
            y1={scale.at(tick)}
            y2={scale.at(tick)}
          />
          <text x={field.left - 6} y={scale.at(tick) + 4} text-anchor="end">
            {text(tick)}
          </text>
        </g>
      ))}
      <text x={field.left - 30} y={field.top - 10}>
        {label}
      </text>
    </g>
  );
}

/** A picture drawn for a wide screen and for a narrow one, of which one is shown. */
export function ByWidth({ children }: { children: (width: number) => ComponentChildren }) {
  return (
    <>
      <div class="chart-wide">{children(720)}</div>
      <div class="chart-narrow">{children(340)}</div>
    </>
  );
}
