// Holds the house to the limits in house.json: sizes of folders and files, public names, lists of option names, tracked bytes.
// Raising a limit is a visible change of that file.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { publicNames } from "./house/public-names.mjs";

const tracked = () =>
  execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" })
    .split("\0")
    .filter((file) => file !== "" && existsSync(file));

const linesOf = (file) => readFileSync(file, "utf8").split("\n").length - 1;
const isOfStudy = (file) => /^apps\/studies\/.*\.ts$/.test(file) && !file.includes("/test/");
const isSource = (file) =>
  (/\/src\/.*\.tsx?$/.test(file) && !file.includes("/generated/")) || isOfStudy(file);
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** Folders that a pattern such as `apps/studies/*` names. */
const foldersOf = (pattern) =>
  pattern.endsWith("/*")
    ? readdirSync(pattern.slice(0, -2), { withFileTypes: true })
        .filter(
          (entry) =>
            entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules",
        )
        .map((entry) => pattern.slice(0, -1) + entry.name)
    : [pattern];

/** Complaints about what a folder's sources come to; a folder's own limit goes before that of a pattern. */
function foldersAbove(limits, sources, unit, measure) {
  return Object.entries(limits).flatMap(([pattern, limit]) =>
    foldersOf(pattern).flatMap((folder) => {
      const size = measure(sources.filter((file) => file.startsWith(`${folder}/`)));
      const own = limits[folder] ?? limit;
      return size > own ? [`${folder}: ${size} ${unit}, at most ${own}`] : [];
    }),
  );
}

/** Counts over all sources, in files or occurrences. */
const counted = {
  /** Classes of errors beside the one that support makes. */
  errorClasses: (texts) =>
    inPackages(texts).filter(([, text]) => /class \w* ?extends Error\b/.test(text)).length,
  /** Files of a package's own guards. */
  checkFiles: (texts) =>
    inPackages(texts).filter(([file]) => /\/(checks?|known-options)\.ts$/.test(file)).length,
  /** Functions whose options are compared with a list of names. */
  knownOptionsCalls: (texts) => occurrences(texts, /\bknownOptions\(/g),
  /** Lists of option names for the hint "did you mean". */
  hintLists: (texts) => occurrences(texts, /readonly \(keyof |satisfies \(keyof /g),
  /** Docstrings that begin with "What" instead of naming what they describe. */
  whatDocstrings: (texts) => occurrences(texts, /\/\*\*\s*(?:\*\s*)?What\b/g),
};

const inPackages = (texts) => [...texts].filter(([file]) => file.startsWith("packages/"));
const occurrences = (texts, pattern) =>
  sum([...texts.values()].map((text) => text.match(pattern)?.length ?? 0));

/** Complaints about counts above their limits. */
function countsAbove(limits, sources) {
  const texts = new Map(sources.map((file) => [file, readFileSync(file, "utf8")]));
  return Object.entries(limits).flatMap(([name, limit]) => {
    const count = counted[name](texts);
    return count > limit ? [`${name}: ${count}, at most ${limit}`] : [];
  });
}

function imports(rules, sources) {
  return rules.flatMap(({ in: folder, never, why }) =>
    sources
      .filter((file) => file.startsWith(`${folder}/`))
      .filter((file) => new RegExp(`from "${never}`).test(readFileSync(file, "utf8")))
      .map((file) => `${file}: ${why}`),
  );
}

/** Imports from one command group of the application into another. */
function betweenGroups({ folder, shared }, sources) {
  const pattern = /from "((?:\.\.\/)+)([\w-]+)\//g;
  return sources
    .filter((file) => file.startsWith(`${folder}/`))
    .flatMap((file) => {
      const inner = file.slice(folder.length + 1).split("/");
      if (inner.length < 2 || shared.includes(inner[0])) return [];
      return [...readFileSync(file, "utf8").matchAll(pattern)]
        .filter(([, up, target]) => up.length / 3 === inner.length - 1 && target !== inner[0])
        .filter(([, , target]) => !shared.includes(target))
        .map(([, , target]) => `${file}: imports from the command group ${target}`);
    });
}

function namesAbove(limits, total) {
  const folders = readdirSync("packages").map((name) => `packages/${name}`);
  const open = folders.filter(
    (folder) => !JSON.parse(readFileSync(`${folder}/package.json`, "utf8")).private,
  );
  const counts = publicNames(open);
  const all = sum([...counts.values()]);
  return [
    ...[...counts]
      .filter(([folder, count]) => count > (limits[folder] ?? Infinity))
      .map(([folder, count]) => `${folder}: ${count} public names, at most ${limits[folder]}`),
    ...(all > total ? [`${all} public names in all, at most ${total}`] : []),
  ];
}

/** Looks at all that git tracks. @returns exit code: 1 with a line per complaint, else 0 */
export function checkHouse() {
  const house = JSON.parse(readFileSync("house.json", "utf8"));
  const files = tracked();
  const sources = files.filter(isSource);
  const bytes = sum(files.map((file) => statSync(file).size));
  const found = [
    ...foldersAbove(house.lines, sources, "lines", (inside) => sum(inside.map(linesOf))),
    ...foldersAbove(house.files, sources, "files", (inside) => inside.length),
    ...sources
      .filter((file) => linesOf(file) > house.linesPerFile)
      .map((file) => `${file}: ${linesOf(file)} lines, at most ${house.linesPerFile}`),
    ...files
      .filter(
        (file) => /\/src\/.*\.json$/.test(file) && statSync(file).size > house.jsonBytesInSources,
      )
      .map((file) => `${file}: a recording stands beside src, compressed`),
    ...(bytes > house.trackedBytes
      ? [`${bytes} tracked bytes, at most ${house.trackedBytes}`]
      : []),
    ...countsAbove(house.counts, sources),
    ...imports(house.imports, sources),
    ...betweenGroups(house.commandGroups, sources),
    ...namesAbove(house.publicNames, house.publicNamesInAll),
  ];
  for (const line of found) console.error(line);
  return found.length > 0 ? 1 : 0;
}
