import { existsSync, readdirSync, readFileSync } from "node:fs";
import { sharedFolder } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { checkSuite, type SuiteGroup } from "../json-schema/check-suite";
import maskBench from "../json-schema/mask-bench.json";

/**
 * Where the schemas are: `JSON-Schema-Test-Suite` of json-schema-org, and `jsonschemabench` of guidance-ai, as they are published, in
 * the folder `DEEPGRAIN_SCHEMA_SUITES` or `data/json-schema` of the shared one.
 */
const folder = process.env.DEEPGRAIN_SCHEMA_SUITES ?? `${sharedFolder}/data/json-schema`;
const suite = `${folder}/JSON-Schema-Test-Suite/tests/draft2020-12`;
const bench = `${folder}/jsonschemabench/maskbench/data`;

const jsonFiles = (path: string) =>
  readdirSync(path)
    .filter((name) => name.endsWith(".json"))
    .sort((a, b) => (a < b ? -1 : 1));
const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));

/** Values that satisfy a schema and are not written: other orders of properties, and formats that are read as annotations. */
const unreached = [
  "allOf.json: allOf | allOf",
  "allOf.json: allOf with base schema | valid",
  "const.json: const with object | same object with different property order is valid",
  "dependentRequired.json: dependencies with escaped characters | CRLF",
  ...[
    "email",
    "ipv4",
    "ipv6",
    "hostname",
    "date",
    "date-time",
    "time",
    "uri",
    "uuid",
    "duration",
  ].map(
    (name) =>
      `format.json: ${name} format | invalid ${name} string is only an annotation by default`,
  ),
  "vocabulary.json: schema that uses custom metaschema with with no validation vocabulary | no validation: invalid number, but it still validates",
];

describe.skipIf(!existsSync(suite))("JSON-Schema-Test-Suite, draft 2020-12, required part", () => {
  it("is refused with a typed error or accepts no invalid value, and all valid ones but these", async () => {
    const groups = jsonFiles(suite).flatMap((file) =>
      (read(`${suite}/${file}`) as (SuiteGroup & { description: string })[]).map((group) => ({
        ...group,
        name: `${file}: ${group.description}`,
      })),
    );
    const outcome = await checkSuite(groups);
    expect(outcome.unsound).toEqual([]);
    expect(outcome.unreached.toSorted()).toEqual(unreached.toSorted());
    expect(outcome.taken.length + outcome.refused.length).toBe(groups.length);
    expect(outcome.refused.length).toBeLessThanOrEqual(200);
    expect(outcome.invalid).toBeGreaterThan(250);
  });
});

describe.skipIf(!existsSync(bench))("MaskBench, every 38th schema by file name", () => {
  it("is taken or refused as the list says, and accepts no invalid value", async () => {
    const names = jsonFiles(bench).filter((_, i) => i % 38 === 0);
    expect(names).toEqual(maskBench.map(([name]) => name));
    const groups = names.map((name) => {
      const { schema, tests } = read(`${bench}/${name}`);
      return { name, schema, tests: tests ?? [] };
    });
    const outcome = await checkSuite(groups);
    expect(outcome.unsound).toEqual([]);
    const refused = new Map(outcome.refused);
    expect(names.map((name) => [name, refused.get(name) ?? "taken"])).toEqual(maskBench);
    expect(outcome.taken.length / names.length).toBeGreaterThanOrEqual(0.75);
  });
});
