import type { BenchResult, Column, ScalingRate } from "@deepgrain/bench/machine";
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

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

/** Per work and backend its time, what it gains over the first number of threads, and the shares of its time. */
function scalingTable(
  rates: readonly ScalingRate[],
  { columns: width }: Pick<CliContext, "columns">,
): string {
  const counts = [...new Set(rates.map(({ threads }) => threads))];
  const nameOf = ({ backend, work }: ScalingRate) => `${backend}: ${work}`;
  const lines = [...new Set(rates.map(nameOf))].flatMap((name) => {
    const own = rates.filter((one) => nameOf(one) === name);
    const first = own[0]!.medianMs;
    const row = (title: string, cell: (one: ScalingRate) => string) => [
      title,
      ...counts.map((count) => {
        const one = own.find(({ threads }) => threads === count);
        return one ? cell(one) : "–";
      }),
    ];
    return [
      row(name, ({ medianMs }) => `${medianMs.toPrecision(3)} ms`),
      row("times as fast", ({ medianMs }) => (first / medianMs).toFixed(2)),
      row("in barriers", ({ barrierShare }) => percent(barrierShare)),
      row("outside kernels", ({ outsideShare }) => percent(outsideShare)),
    ];
  });
  const head = ["threads", ...counts.map(String)];
  return textTable([head, ...lines], { columns: width, isRight: true });
}

const paragraph = (title: string, body: string) => `${title}\n${body}\n`;

/** The measurements as a readable table. */
export function benchTable(
  { machine, backends, peaks, gemm, steps, scaling }: BenchResult,
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
    ...(scaling.length > 0
      ? [paragraph("Scaling with threads", scalingTable(scaling, terminal))]
      : ratesOf({ gemm, steps }, terminal)),
  ].join("\n");
}

const ratesOf = (
  { gemm, steps }: Pick<BenchResult, "gemm" | "steps">,
  terminal: Pick<CliContext, "columns">,
): string[] => [
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
];
