import type { BenchResult, Column } from "@deepgrain/bench/machine";
import type { CliContext } from "@deepgrain/command-line/commands/context";
import { textTable } from "@deepgrain/support/pages";

const nameOf = ({ backend, threads }: Column) => `${backend}·${threads}`;

const rate = (value: number) => (value < 100 ? value.toPrecision(3) : value.toFixed(0));

/** One row per measurement, one column per backend with its threads. */
function table<T extends Column>(
  measured: readonly T[],
  rowOf: (one: T) => string,
  figureOf: (one: T) => number,
  { columns: width }: Pick<CliContext, "columns">,
): string {
  const columns = [...new Set(measured.map(nameOf))];
  const rows = [...new Set(measured.map(rowOf))];
  const cell = (one: T | undefined) => (one ? rate(figureOf(one)) : "–");
  const lines = [
    ["", ...columns],
    ...rows.map((row) => [
      row,
      ...columns.map((column) =>
        cell(measured.find((one) => rowOf(one) === row && nameOf(one) === column)),
      ),
    ]),
  ];
  return textTable(lines, { columns: width, isRight: true });
}

const paragraph = (title: string, body: string) => `${title}\n${body}\n`;

/** The measurements as a readable table. */
export function benchTable(
  { machine, backends, peaks, gemm, steps }: BenchResult,
  terminal: Pick<CliContext, "columns">,
): string {
  const peak = peaks.map(
    ({ threads, gflops }) =>
      `${threads} thread${threads > 1 ? "s" : ""} ${gflops.toFixed(0)} GFLOP/s`,
  );
  const list = backends.map(({ name, isAvailable, detail }) => [
    name,
    isAvailable ? detail : `not here: ${detail}`,
  ]);
  return [
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}\n`,
    paragraph("Backends", list.map(([name, text]) => `  ${name!.padEnd(10)}  ${text}`).join("\n")),
    ...(peak.length > 0 ? [`Peak of 128-bit multiply-adds: ${peak.join(", ")}\n`] : []),
    paragraph(
      "Matrix products, GFLOP/s (columns: backend·threads; nn plain, nt B transposed, tn A transposed)",
      table(
        gemm,
        ({ m, n, k, kind }) => `${m}×${n}×${k} ${kind}`,
        ({ gflops }) => gflops,
        terminal,
      ),
    ),
    paragraph(
      "Training steps per second (forward, backward, Adam)",
      table(
        steps,
        ({ model, unitsPerStep, unit }) => `${model} (${unitsPerStep} ${unit})`,
        ({ stepsPerSecond }) => stepsPerSecond,
        terminal,
      ),
    ),
  ].join("\n");
}
