// Groups the names of a package by purpose, functions and classes first, and leaves types of options to the functions that take them.
import { join, relative } from "node:path";
import { makeRecursiveVisitor, ReflectionCategory, ReflectionKind } from "typedoc";
import { purposes } from "./purposes.mjs";

const types = ReflectionKind.Interface | ReflectionKind.TypeAlias;

const targetOf = (reflection) =>
  reflection.isReference?.() ? reflection.getTargetReflectionDeep() : reflection;

const parametersOf = ({ signatures = [] }) =>
  signatures.flatMap(({ parameters = [] }) => parameters);

/** What a function takes, or the constructor of a class. */
const takenBy = (reflection) =>
  parametersOf(
    reflection.children?.find(({ kind }) => kind === ReflectionKind.Constructor) ?? reflection,
  );

/** The types that a type names, wherever in it. */
function typesIn(type) {
  const found = [];
  const reference = ({ reflection }) => {
    if (reflection?.kindOf(types)) found.push(reflection);
  };
  type?.visit(makeRecursiveVisitor({ reference }));
  return found;
}

const known = new WeakMap();

/** Types that parameters called `options`, `config` or `settings` have, and those that are called so themselves. */
export function optionTypes(project) {
  if (!known.has(project)) {
    const takers = project.getReflectionsByKind(
      ReflectionKind.Function | ReflectionKind.Method | ReflectionKind.Constructor,
    );
    const taken = takers
      .flatMap(parametersOf)
      .filter(({ name }) => /^(options|config|settings)$/.test(name))
      .flatMap(({ type }) => (type?.type === "reference" ? typesIn(type).slice(0, 1) : []));
    const named = project.getReflectionsByKind(types).filter(({ name }) => /Options$/.test(name));
    known.set(project, new Set([...taken, ...named]));
  }
  return known.get(project);
}
/** The types of options that a function, or the constructor of a class, takes. */
export function optionTypesOf(reflection) {
  const found = takenBy(reflection).flatMap(({ type }) => typesIn(type));
  return [...new Set(found)].filter((type) => optionTypes(reflection.project).has(type));
}

/** Where a name is written, below the sources of a package; undefined for one of another package. */
function sourceOf(reflection, folder) {
  const target = targetOf(reflection);
  const [source] = target.sources ?? target.signatures?.[0]?.sources ?? [];
  // `export * as nn` has no source of its own: it is that of the first name in it.
  const file = target.kindOf(ReflectionKind.Namespace)
    ? target.children?.[0] && targetOf(target.children[0]).sources?.[0]?.fullFileName
    : source?.fullFileName;
  return file && relative(join(folder, "src"), file).replaceAll("\\", "/");
}

/** @throws {Error} for a function, class or constant that has no group */
function titleOf(reflection, folder, groups) {
  const source = sourceOf(reflection, folder);
  const fits = ([, starts]) => starts.some((start) => source?.startsWith(start));
  const found = groups.find(fits);
  if (found) return found[0];
  if (targetOf(reflection).kindOf(types)) return groups.at(-1)[0];
  throw new Error(
    `${folder}: ${reflection.name} of ${source} has no group in tooling/site/purposes.mjs`,
  );
}

const byName = (a, b) => a.name.localeCompare(b.name, "en");
const isType = (reflection) => targetOf(reflection).kindOf(types);

function groupIn(parent, folder, groups) {
  const options = optionTypes(parent.project);
  const names = (parent.children ?? []).filter(({ kind }) => kind !== ReflectionKind.Module);
  const categories = new Map(groups.map(([title]) => [title, new ReflectionCategory(title)]));
  for (const name of names.filter((each) => !options.has(targetOf(each))).sort(byName))
    categories.get(titleOf(name, folder, groups)).children.push(name);
  const used = [...categories.values()].filter(({ children }) => children.length > 0);
  for (const { children } of used) children.sort((a, b) => isType(a) - isType(b));
  if (used.length > 0) parent.categories = used;
  for (const name of names)
    if (name.kindOf(ReflectionKind.Namespace)) groupIn(name, folder, groups);
}

/** @param project of one package @param folder of it */
export function groupNames(project, folder) {
  const groups = Object.entries(purposes[folder.split("/").at(-1)] ?? {});
  const modules = project.getChildrenByKind(ReflectionKind.Module);
  for (const each of modules.length > 0 ? modules : [project]) groupIn(each, folder, groups);
}
