import {
  bars,
  estimateOf,
  evidenceSpan,
  type Html,
  html,
  matrix,
  measure,
  resultsOf,
  type Section,
  type StudyRuns,
  type TextTableOptions,
  table,
  textTable,
} from "@deepgrain/lab";
import { perplexityRatio } from "./claims";
import type { ComparedRow, ComparisonSettings } from "./recipe";
import { comparedSchemes } from "./variants";

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
    [`right at ${percent(share)} substituted`, `sub ${percent(share)}`],
    ({ success }) => success.find(({ substitution }) => substitution === share)?.rate.rate ?? null,
    percent,
  ),
);
const pasted = column(
  ["right when pasted", "pasted"],
  (row) => row.copyPaste?.rate ?? null,
  percent,
);
const encode = column(["encode µs/token", "enc µs"], (row) => row.encodeMicros, micros);
const decode = column(["decode µs/token", "dec µs"], (row) => row.decodeMicros, micros);

const columns: readonly Column[] = [
  column(["payload bits", "bits"], (row) => row.payloadBits, String),
  column(["bits per token", "rate"], (row) => row.codingRate, digits),
  ...edited,
  pasted,
  column(["found", "found"], (row) => row.detected.rate, percent),
  { names: ["perplexity ratio", "ppl ratio"], of: perplexityRatio, shown: digits },
  column(["distinct-2", "distinct-2"], (row) => row.distinct2, digits),
  column(["unmarked", "unmarked"], (row) => row.distinct2Unmarked, digits),
  encode,
  decode,
];

const schemesOf = ({ settings }: Runs) => comparedSchemes(settings.vocabSize, settings);

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
  const { texts, tokens, bits, temperature, model } = runs.settings;
  const half = Math.round(100 * 0.98 * Math.sqrt(1 / texts));
  return html`<p>${texts} texts of ${tokens} tokens per scheme and seed, written by ${model} at temperature ${temperature};
payloads have ${bits} bits.</p>${table(["scheme", ...columns.map(({ names }) => names[0])], cellsOf(runs))}
<p>A scheme with a payload is right when every bit of it is; one without is right when the text is found at p ≤ 0.001. With
${texts} texts, a share near one half is uncertain by about ±${half} points (95 %); the exact Wilson intervals are in
<code>results.json</code>. Perplexity is measured under the model that wrote. A ratio below 1 is not a gain: such a mark prefers
what the model finds likely anyway, which distinct-2, the share of different word pairs, shows.</p>`;
}

function survival(runs: Runs): Html {
  const attacks = [...edited, pasted];
  return matrix({
    label: "Success of each scheme under attack",
    caption:
      "Share of texts read correctly after some tokens were replaced by random ones, and after the complete text was pasted into twice as much human text.",
    rows: schemesOf(runs).map(({ name }) => name),
    columns: [...SHARES.map((share) => `${percent(share)} replaced`), "pasted"],
    values: schemesOf(runs).map(({ id }) =>
      attacks.map(({ of }) => estimateOf(of(id), runs)?.mean ?? null),
    ),
    max: 1,
    format: percent,
  });
}

const quality = (runs: Runs): Html =>
  bars({
    label: "Perplexity of marked text against unmarked text",
    x: { label: "perplexity, marked over unmarked", isLog: true },
    rows: schemesOf(runs).map(({ id, name }) => ({
      name,
      values: [estimateOf(perplexityRatio(id), runs)],
    })),
    reference: 1,
  });

function speed(runs: Runs): Html {
  // A time of 0 has no place on a logarithmic axis.
  const micros = ({ of }: Column, id: string) => {
    const found = estimateOf(of(id), runs);
    return found && Math.max(0.01, found.mean);
  };
  return bars({
    label: "Microseconds per token, without the language model",
    caption:
      "Reading tries all payloads. The language model's own time is not counted; a proxy model's is counted for writing only.",
    x: { label: "microseconds per token", isLog: true },
    rows: schemesOf(runs).map(({ id, name }) => ({
      name,
      values: [micros(encode, id), micros(decode, id)],
    })),
    series: ["writing", "reading"],
  });
}

/** Schemes whose first text is shown: one for presence, one for distortion-free marks, one with a payload. */
const shownSchemes = ["kgw-left", "exp", "balance-same-model"];

/** The first text of some schemes, each token coloured by its evidence. */
function samples(runs: Runs): Html | false {
  const texts = schemesOf(runs).flatMap(({ id, name }) => {
    const row = resultsOf(runs, id)[0];
    if (!shownSchemes.includes(id) || !row?.pieces) return [];
    const { evidence, pValue: p } = row.sample;
    const text = row.pieces.map((piece, i) => evidenceSpan(piece, evidence[i]!));
    return html`<h3>${name}, ${row.payloadBits > 0 ? `${row.payloadBits} bits, ` : ""}p ${p < 1e-3 ? `= ${p.toExponential(0)}` : `= ${p.toFixed(3)}`}</h3><blockquote class="evidence"><p>${text}</p></blockquote>`;
  });
  return (
    texts.length > 0 &&
    html`<p>Green and underlined: tokens that speak for the mark; orange and dotted: against it; plain: not scored. Half of the
tokens of unmarked text speak for a mark by chance, a quarter with KGW.</p>${texts}`
  );
}

const sources = html`<p class="meta">Table after Wang et al. 2024 (arXiv 2307.15992). Schemes: Kirchenbauer et al. 2023
(2301.10226, 2306.04634); Zhao et al. 2023 (2306.17439); Aaronson 2022; Dathathri et al. 2024; Yoo et al. 2024 (2308.00221);
Qu et al. 2024 (2401.16820).</p>`;

/** What the report shows besides the claims. */
export const sections: readonly Section<ComparisonSettings, ComparedRow>[] = [
  { title: "The table", content: ({ runs }) => everything(runs) },
  { title: "What the detector sees", content: ({ runs }) => samples(runs) },
  { title: "What survives", content: ({ runs }) => survival(runs) },
  { title: "What it costs the text", content: ({ runs }) => quality(runs) },
  { title: "What it costs the machine", content: ({ runs }) => speed(runs) },
  { title: "Sources", content: () => sources },
];
