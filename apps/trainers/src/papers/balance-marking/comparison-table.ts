import type { ComparedRow } from "./comparison";

const share = (rate: number | undefined) =>
  rate === undefined ? "–" : `${Math.round(100 * rate)} %`;

const micros = (value: number) =>
  value >= 100 ? String(Math.round(value)) : value.toPrecision(2).replace(/\.0$/, "");

/** Headings and cells of the comparison, as text; the name of the scheme comes first. */
export function comparisonCells(rows: readonly ComparedRow[]): {
  head: string[];
  body: string[][];
} {
  const edits = rows[0]?.success.map(({ substitution }) => `${Math.round(100 * substitution)} %`);
  return {
    head: [
      "scheme",
      "payload bits",
      "bits a token",
      ...(edits ?? []).map((edit) => `right at ${edit} substituted`),
      "right when pasted",
      "found",
      "perplexity ratio",
      "distinct-2",
      "unmarked",
      "encode µs/token",
      "decode µs/token",
    ],
    body: rows.map((row) => [
      row.name,
      String(row.payloadBits),
      row.codingRate.toFixed(3),
      ...row.success.map(({ rate }) => share(rate.rate)),
      share(row.copyPaste?.rate),
      share(row.detected.rate),
      row.perplexityRatio.toFixed(3),
      row.distinct2.toFixed(3),
      row.distinct2Unmarked.toFixed(3),
      micros(row.encodeMicros),
      micros(row.decodeMicros),
    ]),
  };
}

const short: Record<string, string> = {
  "payload bits": "bits",
  "bits a token": "rate",
  "right when pasted": "pasted",
  "perplexity ratio": "ppl ratio",
  "encode µs/token": "enc µs",
  "decode µs/token": "dec µs",
};

/** The comparison as a table of plain text. */
export function comparisonTable(rows: readonly ComparedRow[]): string {
  const { head, body } = comparisonCells(rows);
  const heading = head.map(
    (name) => short[name] ?? name.replace(/^right at (.*) substituted$/, "sub $1"),
  );
  const lines = [heading, ...body];
  const widths = heading.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join("  "),
    )
    .join("\n");
}
