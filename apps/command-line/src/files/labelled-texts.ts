import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { parseCsv, parseJsonl, parseTsv } from "@deepgrain/datasets";
import { checkForm } from "@deepgrain/studies/shared/read-json";
import { z } from "zod";

/** A text and the name of its class. */
export interface LabelledText {
  text: string;
  label: string;
}

const schema = z.looseObject({ text: z.string(), label: z.union([z.string(), z.number()]) });

/** Names that header columns have. */
const isText = (name: string) => /^(text|sentences?)$/i.test(name.trim());
const isLabel = (name: string) => /^labels?$/i.test(name.trim());

/** With a header the columns are found by name; without, the first is the label and the last the text. */
function readTable(path: string, content: string): LabelledText[] {
  const isCsv = extname(path) === ".csv";
  const first = content.split("\n", 1)[0]!.replaceAll('"', "").replace(/\r$/, "");
  const names = first.split(isCsv ? "," : "\t");
  const [text, label] = [names.findIndex(isText), names.findIndex(isLabel)];
  const hasHeader = text >= 0 && label >= 0;
  const columns = names.map((_, i) => String(i));
  const rows = (isCsv ? parseCsv : parseTsv)(content, { columns });
  const [textAt, labelAt] = hasHeader ? [text, label] : [columns.length - 1, 0];
  return rows
    .slice(hasHeader ? 1 : 0)
    .map((row) => ({ text: row[String(textAt)]!.trim(), label: row[String(labelAt)]!.trim() }));
}

function readRecords(path: string, content: string): LabelledText[] {
  return parseJsonl(content).map((record, i) => {
    const { text, label } = checkForm(record, schema, `${path}: record ${i + 1}`);
    return { text: text.trim(), label: String(label).trim() };
  });
}

/**
 * The labelled texts of a JSONL file of `{ text, label }`, or of a TSV or CSV file.
 * @throws {FormatError} for a record of another form; {DatasetsError} for a broken line
 */
export async function readLabelledTexts(path: string): Promise<LabelledText[]> {
  const content = await readFile(path, "utf8");
  return /\.jsonl?$/.test(path) ? readRecords(path, content) : readTable(path, content);
}
