import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { parseCsv, parseJsonl, parseTsv } from "@deepgrain/datasets";
import type { Example, PromptTemplate } from "@deepgrain/icl-anchors";
import { z } from "zod";
import { UsageError } from "../../cli/usage-error";
import { checkForm } from "../../formats/read-json";

interface Labelled {
  text: string;
  label: string;
}

const schema = z.looseObject({ text: z.string(), label: z.union([z.string(), z.number()]) });

/** Names that header columns have. */
const isText = (name: string) => /^(text|sentences?)$/i.test(name.trim());
const isLabel = (name: string) => /^labels?$/i.test(name.trim());

/** With a header the columns are found by name; without, the first is the label and the last the text. */
function readTable(path: string, content: string): Labelled[] {
  const parse = extname(path) === ".csv" ? parseCsv : parseTsv;
  const first = content.slice(0, content.indexOf("\n")).replaceAll('"', "");
  const names = first.split(extname(path) === ".csv" ? "," : "\t");
  if (names.some(isText) && names.some(isLabel)) {
    const [text, label] = [names.find(isText)!, names.find(isLabel)!];
    return parse<string>(content).map((row) => ({
      text: row[text.trim()] ?? row[text]!,
      label: row[label.trim()] ?? row[label]!,
    }));
  }
  const columns = names.map((_, i) => String(i));
  return parse(content, { columns }).map((row) => ({
    label: row["0"]!,
    text: row[String(columns.length - 1)]!,
  }));
}

function readRecords(path: string, content: string): Labelled[] {
  return parseJsonl(content).map((record, i) => {
    const { text, label } = checkForm(record, schema, `${path}: record ${i + 1}`);
    return { text, label: String(label) };
  });
}

/**
 * Labelled texts of a JSONL, TSV or CSV file. Labels are the template's class names, its label words, or indices from 0.
 * @throws {UsageError} naming the first label that is none of them
 */
export async function readExamples(path: string, template: PromptTemplate): Promise<Example[]> {
  const content = await readFile(path, "utf8");
  const rows = /\.jsonl?$/.test(path) ? readRecords(path, content) : readTable(path, content);
  const words = template.labels.map((word) => word.trim());
  const names = template.classNames ?? words.map((_, i) => String(i));
  return rows.map(({ text, label }, i) => {
    const name = label.trim();
    const found = [names, words].map((list) => list.indexOf(name)).find((at) => at >= 0);
    if (found === undefined)
      throw new UsageError(
        `${path}: row ${i + 1} has the label "${name}"; ${template.name} has ${names.join(", ")}`,
      );
    return { text: text.trim(), label: found };
  });
}
