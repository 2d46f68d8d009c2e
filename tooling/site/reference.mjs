// The reference: every entry of every package under the name that people import, the guides, the papers' pages and the
// commands, with one search. TypeDoc converts each package by itself and merges what it found.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Application, Converter, OptionDefaults, ReflectionKind, TSConfigReader } from "typedoc";
import { documents, groupOf, packageFolders, titleOf } from "./documents.mjs";
import { addExamples } from "./examples.mjs";
import { addFigures } from "./figures.mjs";
import { groupNames } from "./group-names.mjs";
import { HOME, linkHome, linkRepository, REPOSITORY } from "./links.mjs";
import { addPolicy } from "./policy.mjs";
import { mendSearch } from "./search.mjs";
import { addTheme } from "./theme.mjs";

const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

/** @returns the source file of each entry of a package, by the name under which it is imported */
export function entriesOf(folder) {
  const { name, exports } = readJson(join(folder, "package.json"));
  const sources = Object.entries(exports).flatMap(([path, { "@deepgrain/source": source }]) =>
    source?.endsWith(".ts") ? [[name + path.slice(1), join(folder, source)]] : [],
  );
  return new Map(sources);
}

/** A program has none. */
const hasEntries = (folder) => entriesOf(folder).size > 0;

const common = {
  plugin: ["./tooling/site/typedoc-options.mjs"],
  skipErrorChecking: true,
  gitRevision: "main",
  sourceLinkTemplate: `${REPOSITORY}/blob/{gitRevision}/{path}#L{line}`,
  validation: { notExported: false },
  categorizeByGroup: false,
  groupOrder: [
    "Guides",
    "Package guides",
    "Modules",
    "Classes",
    "Interfaces",
    "Type Aliases",
    "Variables",
    "Functions",
    "*",
    "Papers",
    "Project",
  ],
  highlightLanguages: [...OptionDefaults.highlightLanguages, "python"],
  treatWarningsAsErrors: true,
  logLevel: "Warn",
};

const failed = ({ logger }) => logger.hasErrors() || logger.hasWarnings();

/** Documents are called by their first heading, and stand together by kind. */
function nameDocuments(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    const path = document.project.files.getReflectionPath(document) ?? "";
    document.name = titleOf(document.content.map(({ text }) => text).join("")) ?? document.name;
    document.frontmatter.group ??= groupOf(path);
  });
}

/** Writes what TypeDoc finds in one package. @returns whether it found no fault */
async function convertPackage(folder, file) {
  const entries = entriesOf(folder);
  const docs = join(folder, "docs");
  const app = await Application.bootstrapWithPlugins(
    {
      ...common,
      name: readJson(join(folder, "package.json")).name,
      entryPoints: [...entries.values()],
      tsconfig: join(folder, "tsconfig.json"),
      readme: join(folder, "README.md"),
      projectDocuments: existsSync(docs) ? [join(docs, "*.md")] : [],
    },
    [new TSConfigReader()],
  );
  nameDocuments(app);
  addExamples(app, folder);
  const project = await app.convert();
  if (project === undefined) return false;
  // A package with one entry and no guides has no modules.
  for (const module of project.getChildrenByKind(ReflectionKind.Module))
    module.name = [...entries].find(
      ([, source]) => resolve(source) === module.sources[0].fullFileName,
    )[0];
  groupNames(project, folder);
  await app.generateJson(project, file);
  return !failed(app);
}

/** Merges packages and documents into pages. @returns whether no link and no tag was at fault */
async function mergePackages(files, { out, pages, home, json }) {
  const app = await Application.bootstrapWithPlugins({
    ...common,
    name: "Deepgrain",
    entryPointStrategy: "merge",
    entryPoints: files,
    readme: "README.md",
    projectDocuments: [...documents(), ...pages],
    searchInDocuments: true,
    customCss: "tooling/site/site.css",
    navigation: { includeGroups: true, includeFolders: false, includeCategories: true },
    navigationLinks: {
      ...(home !== undefined && { Playground: HOME }),
      GitHub: REPOSITORY,
    },
    ...(out !== undefined && { out }),
  });
  addTheme(app);
  nameDocuments(app);
  linkRepository(app, home);
  if (home !== undefined) {
    linkHome(app, home);
    addFigures(app, home);
  }
  addPolicy(app);
  const project = await app.convert();
  if (project === undefined) return false;
  app.validate(project);
  if (json !== undefined) await app.generateJson(project, json);
  if (out !== undefined) {
    await app.generateDocs(project, out);
    mendSearch(out);
  }
  return !failed(app);
}

/**
 * @param options.out folder to write; without it everything is checked and nothing written
 * @param options.pages further documents, made by commands
 * @param options.home the page that "Playground" leads to; without it there is no such link
 * @param options.json file for TypeDoc's description of everything; without it there is none
 * @returns whether every link and every tag leads somewhere
 */
export async function writeReference({ out, pages = [], home, json } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "reference-"));
  try {
    const files = [];
    let sound = true;
    for (const [i, path] of packageFolders().filter(hasEntries).entries()) {
      files.push(join(folder, `${i}.json`));
      sound = (await convertPackage(path, files[i])) && sound;
    }
    return (await mergePackages(files, { out, pages, home, json })) && sound;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
