import {
  bars,
  estimateOf,
  type Html,
  html,
  type Measured,
  matrix,
  measure,
  resultsOf,
  type Section,
  type StudyRuns,
  table,
} from "@deepgrain/lab";
import { type TextTableOptions, textTable } from "@deepgrain/support/pages";
import { colouredSamples } from "./coloured-samples";
import { frontierTable } from "./frontier-chart";
import { perplexityRatio } from "./measures";
import type { ComparedRow, ComparisonSettings } from "./recipe";
import { comparedSchemes, frontierId, PUBLISHED_BIAS } from "./variants";

type Runs = StudyRuns<ComparisonSettings, ComparedRow>;

const SHARES = [0, 0.1, 0.3, 0.5];
const percent = (share: number) => `${Math.round(100 * share)} %`;
const digits = (x: number) => x.toFixed(3);
const micros = (x: number) =>
  x >= 100 ? String(Math.round(x)) : x.toPrecision(2).replace(/\.0$/, "");

interface Column {
  /** As in the page, and as in the terminal. */
  names: readonly [long: string, short: string];
  of: ReturnType<typeof measure<ComparedRow>>;
  shown(value: number): string;
}

const column = (
  names: Column["names"],
  read: (row: ComparedRow) => number | null,
  shown: Column["shown"],
): Column => ({ names, of: measure(names[0], read), shown });

const edited = SHARES.map((share) =>
  column(
    [`right at ${percent(share)} replaced`, `sub ${percent(share)}`],
    ({ success }) => success.find(({ substitution }) => substitution === share)?.rate.rate ?? null,
    percent,
  ),
);
const pasted = column(
  ["right when pasted", "pasted"],
  (row) => row.copyPaste?.rate ?? null,
  percent,
);
const writing = column(["writing, µs/token", "enc µs"], (row) => row.encodeMicros, micros);
const reading = column(["reading, µs/token", "dec µs"], (row) => row.decodeMicros, micros);

const columns: readonly Column[] = [
  column(["payload bits", "bits"], (row) => row.payloadBits, String),
  column(
    ["bits per token", "rate"],
    (row) => (row.payloadBits > 0 ? row.codingRate : null),
    digits,
  ),
  ...edited,
  pasted,
  column(["detected", "found"], (row) => row.detected.rate, percent),
  { names: ["perplexity ratio", "ppl ratio"], of: perplexityRatio, shown: digits },
  column(["distinct-2", "distinct-2"], (row) => row.distinct2, digits),
  column(["distinct-2, unmarked", "unmarked"], (row) => row.distinct2Unmarked, digits),
  writing,
  reading,
];

/** The schemes that were run. */
const schemesOf = (runs: Runs) =>
  comparedSchemes(runs.settings.vocabSize, runs.settings).filter(
    ({ id }) => resultsOf(runs, id).length > 0,
  );

/** One bonus of each side, the published one, beside the other schemes. */
const shownOf = (runs: Runs) =>
  schemesOf(runs).filter(
    ({ delta = PUBLISHED_BIAS, isHalf }) => delta === PUBLISHED_BIAS && !isHalf,
  );

/** Means over seeds as cells, a row per scheme; the name of the scheme comes first. */
const cellsOf = (runs: Runs): string[][] =>
  schemesOf(runs).map(({ id, name }) => [
    name,
    ...columns.map(({ of, shown }) => {
      const value = estimateOf(of(id), runs);
      return value ? shown(value.mean) : "–";
    }),
  ]);

/** The comparison as a table of plain text. */
export const comparisonTable = (runs: Runs, options: TextTableOptions = {}): string =>
  textTable([["scheme", ...columns.map(({ names }) => names[1])], ...cellsOf(runs)], options);

function everything(runs: Runs): Html {
  const { texts, tokens, bits, temperature, model, judge } = runs.settings;
  const pooled = texts * runs.seeds.length;
  return html`<p>${texts} texts of ${tokens} tokens, or where it says so half as many to be marked, per scheme and seed, written by the model ${model} at temperature ${temperature};
payloads have ${bits} bits.</p>${table(["scheme", ...columns.map(({ names }) => names[0])], cellsOf(runs))}
<p>A scheme with a payload is right when every bit of it is; one without, when its text is detected. A text is detected at a
detection p of at most 0.001. Over all seeds there are ${pooled} texts per scheme, so a share near one half is uncertain by about
±${Math.round(98 / Math.sqrt(pooled))} points (95 %); the exact Wilson intervals of each seed are in <code>results.json</code>. The
perplexity ratio is that of marked to unmarked texts, under ${judge ? `another model, ${judge}` : "the model that wrote both"}. A ratio below 1 is not a gain: such a mark prefers
what the model finds likely anyway. Such texts also repeat themselves: distinct-2, different pairs of neighbouring tokens over all pairs, is then below that of unmarked text.</p>`;
}

function survival(runs: Runs): Html {
  return matrix({
    label: "Success of each scheme under attack",
    caption:
      "Share of texts read correctly after some tokens were replaced by random ones, and after the complete text was pasted into twice as much human text.",
    rows: shownOf(runs).map(({ name }) => name),
    columns: [...SHARES.map((share) => `${percent(share)} replaced`), "pasted"],
    values: shownOf(runs).map(({ id }) =>
      [...edited, pasted].map(({ of }) => estimateOf(of(id), runs)?.mean ?? null),
    ),
    max: 1,
    format: percent,
  });
}

const barsOf = (runs: Runs, values: (id: string) => (Measured | null)[]) =>
  shownOf(runs).map(({ id, name }) => ({ name, values: values(id) }));

function speed(runs: Runs): Html {
  const micros = ({ of }: Column, id: string) => {
    const found = estimateOf(of(id), runs);
    return found && Math.max(0.01, found.mean); // 0 has no place on a logarithmic axis
  };
  return bars({
    label: "Microseconds per token, without the language model",
    caption:
      "Dots: means over seeds. Reading tries all payloads. The language model's own time is not counted; a proxy model's is counted for writing only.",
    x: { label: "microseconds per token", isLog: true },
    rows: barsOf(runs, (id) => [micros(writing, id), micros(reading, id)]),
    series: ["writing", "reading"],
  });
}

const firstOf = (runs: Runs) =>
  ["kgw-left", "exp", frontierId("balance", PUBLISHED_BIAS)].flatMap((id) =>
    resultsOf(runs, id).slice(0, 1),
  );

function samples(runs: Runs): Html | false {
  const shown = colouredSamples(firstOf(runs));
  return shown && html`<p>p is the detection p of the text.</p>${shown}`;
}

const sources = html`<p class="meta">Table after Wang et al. 2024 (arXiv 2307.15992). Schemes: Kirchenbauer et al. 2023
(2301.10226, 2306.04634); Zhao et al. 2023 (2306.17439); Aaronson 2022; Dathathri et al. 2024; Yoo et al. 2024 (2308.00221);
Qu et al. 2024 (2401.16820).</p>`;

/** Sections of the report besides the claims. */
export const sections: readonly Section<ComparisonSettings, ComparedRow>[] = [
  { title: "Every bonus of both sides", content: frontierTable },
  { title: "The table", content: ({ runs }) => everything(runs) },
  { title: "What the detector sees", content: ({ runs }) => samples(runs) },
  { title: "What survives", content: ({ runs }) => survival(runs) },
  { title: "What it costs the machine", content: ({ runs }) => speed(runs) },
  { title: "Sources", content: () => sources },
];
