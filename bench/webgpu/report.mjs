// The tables of the webgpu part, from its lines: of a page and of a terminal alike.
import { markdownTable, median, show, showMs } from "../markdown.mjs";
import { allowedMs, bestRates } from "./allowed-time.mjs";
import { COPY, worksOf } from "./sizes.mjs";

/** The backends of our own, in the order in which they are measured. */
export const KINDS = ["webgpu", "wasm", "gpu"];

/** A column for each of our own backends. @param threads those of `wasm` */
export const ownColumns = (threads) => [
  { name: "webgpu", title: "`webgpu`" },
  { name: "wasm", title: `\`wasm\`, ${threads} ${threads === 1 ? "thread" : "threads"}` },
  { name: "gpu", title: "`gpu` (gpu.js)" },
];

/** One line per work and library: the median of the rounds, or what failed in one of them. */
export function mergedLines(lines) {
  const groups = new Map();
  for (const line of lines) {
    const key = `${line.name} ${line.what}`;
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()].map((group) => {
    const { name, what, counts, error } = group.find((line) => line.error) ?? group.at(-1);
    if (error) return { name, what, error };
    return { name, what, ms: median(group.map(({ ms }) => ms)), counts };
  });
}

/** Rows of the times, the head first. A column's `note`, if it has one, stands in all its cells. */
export function timesRows(lines, { sizes, columns }) {
  const rows = worksOf(sizes).map((what) => [
    what === COPY ? `copy of ${(4 * sizes.copyFloats) / 2 ** 20} MiB` : what,
    ...columns.map(({ name, note }) => {
      if (note) return note;
      const line = lines.find((one) => one.name === name && one.what === what);
      return line?.error ? "failed" : showMs(line?.ms);
    }),
  ]);
  return [["ms", ...columns.map(({ title }) => title)], ...rows];
}

/** Rows of the times that the measured rates allow, the head first. */
export function allowedRows(lines, sizes) {
  const rates = bestRates(lines);
  const rows = worksOf(sizes).flatMap((what) => {
    const line = lines.find((one) => one.name === "webgpu" && one.what === what);
    if (!line?.counts) return [];
    const { flop, bytes, dispatches, submits } = line.counts;
    const allowed = allowedMs(line.counts, rates);
    return [
      [
        what,
        show(flop / 1e9, 3),
        show(bytes / 1e6, 1),
        String(dispatches),
        String(submits),
        showMs(allowed),
        showMs(line.ms),
        Number.isFinite(allowed) ? `${show((100 * allowed) / line.ms, 0)} %` : "-",
      ],
    ];
  });
  const head = ["`webgpu`", "GFLOP", "MB", "dispatches", "submits", "allowed, ms", "ms", "share"];
  return [head, ...rows];
}

/** The adapter with its limits and features, in a sentence. */
export function adapterSentence({ adapter, limits, features }) {
  const bounds = Object.entries(limits).map(([name, value]) => `${name} ${value}`);
  return `Adapter: ${adapter}; ${bounds.join(", ")}; ${features.join(", ")}.`;
}

/** The rates that were measured, in a sentence. */
export function ratesSentence(lines) {
  const { flop, bytes } = bestRates(lines);
  return `Rates of \`webgpu\`: copies ${show(bytes / 1e6)} GB/s, the best product ${show(flop / 1e6, 1)} GFLOP/s.`;
}

/** A sentence for each backend and each reason why cases of it failed. */
export function failures(lines) {
  const works = new Map();
  for (const { name, what, error } of lines.filter((line) => line.error)) {
    const key = JSON.stringify([name, error]);
    works.set(key, [...(works.get(key) ?? []), what]);
  }
  return [...works].map(([key, names]) => {
    const [name, error] = JSON.parse(key);
    return `\`${name}\` failed in ${names.join("; ")}: ${error}`;
  });
}

/**
 * All of it as Markdown.
 *
 * @param found of `describeAdapter` @param lines of `mergedLines` @param clock the unit of times, for the heading
 */
export function markdownReport({ found, lines, sizes, columns, clock }) {
  return [
    `### WebGPU beside the other backends, ${clock}`,
    adapterSentence(found),
    markdownTable(timesRows(lines, { sizes, columns })),
    ...failures(lines),
    `${ratesSentence(lines)} What they allow:`,
    markdownTable(allowedRows(lines, sizes)),
  ].join("\n\n");
}
