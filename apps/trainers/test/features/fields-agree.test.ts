/** @file A flag that stands for an option of a function accepts what the function accepts, and refuses the rest in its words. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { flagsFrom } from "@deepgrain/command-line/flags/flags-from";
import type { OptionField, OptionFields } from "@deepgrain/support";
import { describe, expect, it } from "vitest";
import { defaultsOf, sourcesOf } from "../support/fields/defaults";
import { edgesOf } from "../support/fields/edges";
import type { Owner } from "../support/fields/owner";
import { owners } from "../support/fields/table";

const packages = fileURLToPath(new URL("../../../../packages/", import.meta.url));

/** The packages with fields. */
const folders = readdirSync(packages).filter((folder) =>
  readdirSync(`${packages}${folder}`).includes("src")
    ? readdirSync(`${packages}${folder}/src`).includes("fields.ts")
    : false,
);

/** One option: its place, its field, and the function that has it, or why none has. */
interface Row {
  readonly place: string;
  readonly option: string;
  readonly field: OptionField;
  readonly owner: Owner | string | undefined;
}

async function rowsOf(folder: string): Promise<Row[]> {
  const { fields } = (await import(`${packages}${folder}/src/fields.ts`)) as {
    fields: Readonly<Record<string, OptionFields>>;
  };
  return Object.entries(fields).flatMap(([name, list]) => {
    const group = owners[folder]?.[name];
    return Object.entries(list).map(([option, field]) => {
      const owner = typeof group === "object" ? (group.but[option] ?? group) : group;
      return { place: `${folder}/${name}.${option}`, option, field, owner };
    });
  });
}

const rows = (await Promise.all(folders.map(rowsOf))).flat();
const owned = rows.filter((row): row is Row & { owner: Owner } => typeof row.owner === "object");

/** What an error says that is wanted of an option, undefined where it is about something else. */
const wantedOf = (message: string, name: string): string | undefined =>
  new RegExp(`\\b${name}(\\[\\d+\\])? must be ((a|one of) .*?), got `).exec(message)?.[2];

/** What the flag wants instead of a value. */
function flagWants({ option, field }: Row, value: unknown): string | undefined {
  const flag = flagsFrom({ [option]: field })[option]!;
  try {
    flag.read(String(value), { spelling: option, resolve: String });
  } catch (error) {
    return wantedOf((error as Error).message, option);
  }
  return undefined;
}

/** What the function wants instead of a value. */
async function functionWants({ option, field, owner }: Row & { owner: Owner }, one: unknown) {
  const { fn, before, as = option, beside } = owner;
  const value = field.kind === "wholes" || field.kind === "reals" ? [one] : one;
  const options = typeof beside === "function" ? beside(value) : { ...beside, [as]: value };
  try {
    const started = (await fn(...before, options)) as { next?: () => unknown } | undefined;
    if (typeof started?.next === "function") await started.next();
  } catch (error) {
    const { message } = error as Error;
    expect(message).not.toContain("unknown option");
    return wantedOf(message, as);
  }
  return undefined;
}

const sources = sourcesOf(packages);

/** Fields with a default, and what the function that has the option takes without it. */
const defaults = owned.flatMap(({ place, option, field, owner }) =>
  "default" in field
    ? [
        {
          place,
          value: field.default,
          owner,
          own: defaultsOf(
            sources,
            owner.fn.name,
            owner.as ?? option,
            owner.ownDefault === undefined ? undefined : 1,
          ),
        },
      ]
    : [],
);

describe("a field", () => {
  it("has a row, and every row a field", () => {
    expect(rows.filter(({ owner }) => owner === undefined).map(({ place }) => place)).toEqual([]);
    const places = rows.map(({ place }) => place);
    for (const [folder, groups] of Object.entries(owners))
      for (const [name, group] of Object.entries(groups)) {
        const own = typeof group === "string" ? [] : Object.keys(group.but);
        expect(places.some((place) => place.startsWith(`${folder}/${name}.`))).toBe(true);
        for (const option of own) expect(places).toContain(`${folder}/${name}.${option}`);
      }
  });

  const cases = owned.flatMap((row) =>
    edgesOf(row.field).map((edge) => ({ ...row, ...edge, name: `${row.place}: ${edge.value}` })),
  );

  it.each(cases)("$name: flag and function agree", async (row) => {
    const { value, isInside, owner } = row;
    const wanted = flagWants(row, value);
    expect(wanted === undefined).toBe(isInside);
    if (owner.wider === undefined || isInside) expect(await functionWants(row, value)).toBe(wanted);
  });

  it.each(defaults)("$place has the function's default", ({ value, owner, own }) => {
    if (owner.ownDefault === undefined) expect(own).toContainEqual(value);
    else expect(own).not.toContainEqual(value);
  });

  it("tests a threshold of 1, which annotate refuses", () => {
    expect(cases.map(({ name }) => name)).toContain("prm/annotation.threshold: 1");
    expect(cases.length).toBeGreaterThan(500);
    expect(defaults.length).toBeGreaterThan(80);
  });
});
