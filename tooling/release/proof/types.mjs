/** @file Strict types of every entry, in a project that has all packages and the optional peers that their types name. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { entriesOf, isError, strictProject } from "../check-floor.mjs";
import { once } from "./cells.mjs";
import { assertLibrary } from "./shape.mjs";
import { run } from "./tools.mjs";

const compilers = ["TypeScript 5.6.3", "TypeScript 7.0.2"];
const resolutions = ["bundler", "nodenext"];

const isNewer = "Type 'Uint8Array' is not generic"; // of TypeScript 5.7
/** Errors in types of others that stand whatever we do: where, how they begin, and the peer that brings them. */
const known = [
  {
    of: "@ai-sdk/provider",
    says: "Could not find a declaration file for module 'json-schema'",
    by: "@ai-sdk/provider",
  },
  { of: "@ai-sdk/provider-utils", says: isNewer, by: "ai" },
  { of: "ai", says: isNewer, by: "ai" },
  { of: "@nats-io/nats-core", says: isNewer, by: "@nats-io/nats-core" },
];
const knownOf = (line, place) => known.find(({ of, says }) => of === place && line.includes(says));

/** Packages of others that a package asks its user for: those of the family come by themselves. @returns names with ranges */
export const foreignPeers = ({ peerDependencies = {} }) =>
  Object.entries(peerDependencies).filter(([, range]) => !range.startsWith("workspace:"));

/** Peers of a package that its declarations import. */
function peersOfTypes(folder, one) {
  const dist = join(folder, "dist");
  const files = readdirSync(dist, { recursive: true }).filter((file) => file.endsWith(".d.ts"));
  const text = files.map((file) => readFileSync(join(dist, file), "utf8")).join("\n");
  const isNamed = ([name]) => new RegExp(`["']${name}(?:/[^"']*)?["']`).test(text);
  return foreignPeers(one).filter(isNamed);
}

/** A project with all packages, and a file per package that exports all its entries. */
async function prepare({ packages, projectWith }) {
  const own = packages.map(({ name, version }) => `${name}@${version}`);
  const bare = await projectWith("types-bare", own);
  const modules = join(bare, "node_modules");
  const peers = packages
    .flatMap((one) => peersOfTypes(join(modules, one.name), one))
    .map(([name, range]) => `${name}@${range}`);
  const folder = await projectWith("types", [...own, ...new Set(peers), "@types/node@20"]);
  for (const [i, one] of packages.entries()) {
    const lines = entriesOf(one).map(
      (entry, n) => `export * as e${n} from ${JSON.stringify(entry)};\n`,
    );
    writeFileSync(join(folder, `package-${i}.ts`), lines.join("") || "export {};\n");
  }
  return folder;
}

/** The package that an error is in: one of ours, or of others. */
function placeOf(line, packages) {
  const inModules = /node_modules\/((?:@[^/]+\/)?[^/(]+)[^(]*\(/.exec(line)?.[1];
  const own = /^package-(\d+)\.ts/.exec(line)?.[1];
  return own === undefined ? inModules : packages[own].name;
}

const uses = ({ dependencies, peerDependencies }, name) =>
  name === undefined || { ...dependencies, ...peerDependencies }[name] !== undefined;

/** Lines of errors that are of a package: in it, or in types of others that it uses and that are not known. */
export function errorsOf(one, lines, packages) {
  const isOurs = (place) => packages.some(({ name }) => name === place);
  const anybody = (place) => packages.some((each) => uses(each, place));
  return lines.filter((line) => {
    const place = placeOf(line, packages);
    if (isOurs(place)) return place === one.name;
    if (knownOf(line, place)) return false;
    return uses(one, place) || !anybody(place);
  });
}

async function compile(tools, folder, compiler, resolution, packages) {
  const config = `tsconfig-${compiler}-${resolution}.json`.replaceAll(" ", "-");
  const files = packages.map((_, i) => `package-${i}.ts`);
  writeFileSync(join(folder, config), JSON.stringify(strictProject(resolution, files)));
  const [node, ...words] = await tools.program(compiler);
  const args = [...words, "-p", config, "--pretty", "false"];
  const said = await run(folder, node, args).catch(({ stdout, message }) => stdout || message);
  const lines = said.split("\n").filter(isError);
  if (said.trim() !== "" && lines.length === 0) throw new Error(said);
  return lines;
}

export function typeChecks(context) {
  const { tools, packages } = context;
  const project = once(() => prepare(context));
  return compilers.flatMap((compiler) =>
    resolutions.map((resolution) => {
      const compiled = once(async () =>
        compile(tools, await project(), compiler, resolution, packages),
      );
      return {
        name: `${compiler}, ${resolution}`,
        async of(one) {
          assertLibrary(one);
          const lines = await compiled();
          const errors = errorsOf(one, lines, packages);
          if (errors.length > 0) throw new Error(errors.join("\n"));
          const beside = lines.filter((line) => {
            const found = knownOf(line, placeOf(line, packages));
            return found && uses(one, found.by);
          });
          return { entries: entriesOf(one).length, ...(beside.length > 0 && { known: beside }) };
        },
      };
    }),
  );
}
