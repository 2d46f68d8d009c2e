/**
 * Reads from `assembly/` which parameters each kernel declares, and writes them as types and layouts for TypeScript.
 * See `assembly/arguments.as` for how they are declared.
 */
import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../assembly/", import.meta.url);

/** Of each type of a field: the letter by which `src/wasm/arguments.ts` writes it, and its type in TypeScript. */
const KINDS = {
  usize: ["a", "Address"],
  i32: ["i", "number"],
  Flag: ["b", "boolean"],
  f32: ["f", "number"],
  f64: ["d", "number"],
  u64: ["w", "number"],
  Ints: ["l", "readonly number[]"],
  Answer: ["r", undefined],
};

const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");

function parseClasses(text, classes) {
  const pattern = /@unmanaged (?:export )?class (\w+)(?: extends (\w+))? \{([^}]*)\}/g;
  for (const [, name, base, body] of text.matchAll(pattern)) {
    if (classes.has(name)) throw new Error(`assembly: two classes ${name}`);
    const fields = [...body.matchAll(/(\w+): (\w+);/g)].map(([, field, type]) => {
      if (!KINDS[type]) throw new Error(`assembly: ${name}.${field} has the type ${type}`);
      return { field, kind: KINDS[type][0], type: KINDS[type][1] };
    });
    const last = fields.findIndex(({ kind }) => kind === "l" || kind === "r");
    if (last >= 0 && last < fields.length - 1)
      throw new Error(`assembly: ${name} does not end with its list or answer`);
    classes.set(name, { base, fields });
  }
}

function readAssembly() {
  const classes = new Map();
  const kernels = [];
  const enums = [];
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith(".as"))
    .sort()) {
    const text = withoutComments(readFileSync(new URL(file, folder), "utf8"));
    parseClasses(text, classes);
    const found = [
      ...text.matchAll(/^export function (\w+)\(args: (\w+), begin: i32, end: i32\)/gm),
    ];
    kernels.push(...found.map(([, kernel, parameters]) => [kernel, parameters]));
    if (found.length === 0) continue;
    for (const [, name, body] of text.matchAll(/^export const enum (\w+) \{([^}]*)\}/gm))
      enums.push([name, body.match(/\w+/g)]);
  }
  return { classes, kernels, enums };
}

const ownLayout = ({ fields }) => fields.map(({ kind }) => kind).join("");

function layoutOf(classes, name) {
  const own = classes.get(name);
  if (!own) throw new Error(`assembly: no class ${name}`);
  return (own.base ? layoutOf(classes, own.base) : "") + ownLayout(own);
}

const lowerFirst = (name) => name[0].toLowerCase() + name.slice(1);

function tupleOf({ base, fields }) {
  const members = fields
    .filter(({ type }) => type)
    .map(({ field, type }) => `  ${field}: ${type},`);
  return ["[", ...(base ? [`  ...${lowerFirst(base)}: ${base},`] : []), ...members, "]"].join("\n");
}

/** How the arguments of each kernel lie in memory, a letter per field, by name. */
export function kernelLayouts() {
  const { classes, kernels } = readAssembly();
  return new Map(kernels.map(([name, type]) => [name, layoutOf(classes, type)]));
}

/** The text of `src/wasm/generated/kernels.ts`. */
export function kernelParameters() {
  const { classes, kernels, enums } = readAssembly();
  const records = [...classes.keys()].filter((name) => name.endsWith("Record"));
  const asked = kernels
    .filter(([, type]) => layoutOf(classes, type).endsWith("r"))
    .map(([name]) => name);
  const layouts = (list) => list.map(([name, type]) => `  ${name}: "${layoutOf(classes, type)}",`);
  return [
    "// Made by scripts/build-wasm.mjs from assembly/. Do not edit.",
    'import type { Address } from "../arguments";',
    "",
    ...[...classes].map(([name, parameters]) => `export type ${name} = ${tupleOf(parameters)};\n`),
    "/** The parameters of each kernel, in order. */",
    "export interface KernelParameters {",
    ...kernels.map(([kernel, parameters]) => `  ${kernel}: ${parameters};`),
    "}",
    "",
    "/** Kernels that answer. */",
    "export type AskedKernel =",
    ...asked.map((kernel, i) => `  | "${kernel}"${i === asked.length - 1 ? ";" : ""}`),
    "",
    "/** The lines of tables. */",
    "export interface RecordFields {",
    ...records.map((name) => `  ${name}: ${name};`),
    "}",
    "",
    "export const RECORD_LAYOUTS: Readonly<Record<keyof RecordFields, string>> = {",
    ...layouts(records.map((name) => [name, name])),
    "};",
    ...enums.flatMap(([name, members]) => [
      "",
      `export const ${name} = { ${members.map((member, i) => `${member}: ${i}`).join(", ")} } as const;`,
    ]),
    "",
  ].join("\n");
}
