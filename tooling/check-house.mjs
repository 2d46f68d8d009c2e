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

/** Complaints about what a folder's sources come to. */
function foldersAbove(limits, sources, unit, measure) {
  return Object.entries(limits).flatMap(([pattern, limit]) =>
    foldersOf(pattern).flatMap((folder) => {
      const size = measure(sources.filter((file) => file.startsWith(`${folder}/`)));
      return size > limit ? [`${folder}: ${size} ${unit}, at most ${limit}`] : [];
    }),
  );
}

/** Complaints about places where something may stand once per package, or not at all. */
function repeated(sources) {
  const texts = new Map(sources.map((file) => [file, readFileSync(file, "utf8")]));
  const having = (pattern) =>
    [...texts].filter(([, text]) => pattern.test(text)).map(([file]) => file);
  const packages = sources.filter((file) => file.startsWith("packages/"));
  const classes = having(/class \w* ?extends Error\b/).filter((file) =>
    file.startsWith("packages/"),
  );
  const checks = packages.filter((file) => /\/(checks?|known-options)\.ts$/.test(file));
  return [
    ...classes.slice(1).map((file) => `${file}: errors are made by errorClass of support`),
    ...checks.slice(1).map((file) => `${file}: guards of support check arguments`),
    ...having(/\bknownOptions\(/).map((file) => `${file}: options are destructured with a rest`),
  ];
}

/** Complaints about lists of option names, which only functions that users call first keep. */
function hintLists(sources, limit) {
  const count = sum(
    sources.map((file) => readFileSync(file, "utf8").match(/readonly \(keyof /g)?.length ?? 0),
  );
  return count > limit ? [`${count} lists of option names for hints, at most ${limit}`] : [];
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
    ...repeated(sources),
    ...hintLists(sources, house.hintLists),
    ...imports(house.imports, sources),
    ...betweenGroups(house.commandGroups, sources),
    ...namesAbove(house.publicNames, house.publicNamesInAll),
  ];
  for (const line of found) console.error(line);
  return found.length > 0 ? 1 : 0;
}
