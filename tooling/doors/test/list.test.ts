import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { doorFaults, doors, sources } from "../list/check-doors.mjs";
import { exceptions } from "../list/exceptions.mjs";
import { readingsIn } from "../list/find-readers.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = process.cwd();
let texts: Map<string, string>;
let security: string;

beforeAll(() => {
  process.chdir(root);
  texts = sources();
  security = readFileSync("SECURITY.md", "utf8");
  return () => process.chdir(here);
});

const faults = (change: {
  doors?: typeof doors;
  exceptions?: Record<string, string>;
  security?: string;
  texts?: Map<string, string>;
}) =>
  doorFaults(
    change.texts ?? texts,
    change.doors ?? doors,
    change.exceptions ?? exceptions,
    change.security ?? security,
  );

describe("The list of doors", () => {
  it("is whole", () => {
    expect(faults({})).toEqual([]);
    expect(doors.length).toBeGreaterThan(70);
  });

  it("misses a door that is taken out", () => {
    const without = doors.filter(({ door }) => door !== "openGguf");
    expect(faults({ doors: without })).toEqual([
      "packages/tensor-gpu/src/files/gguf-cursor.ts: reads (TextDecoder, DataView), but stands under no door",
    ]);
  });

  it("misses an exception that is taken out", () => {
    const file = "packages/support/src/hashes/sha256.ts";
    const { [file]: _, ...without } = exceptions as Record<string, string>;
    expect(faults({ exceptions: without })).toEqual([
      `${file}: reads (DataView), but stands under no door`,
    ]);
  });

  it("sees a new reader, and one that reads no longer", () => {
    const file = "packages/tensor-gpu/src/files/gguf-cursor.ts";
    const changed = new Map(texts)
      .set("packages/lm/src/new.ts", "export const read = (text: string) => JSON.parse(text);")
      .set(file, texts.get(file)!.replaceAll(/new (TextDecoder|DataView)/g, "$1"));
    expect(faults({ texts: changed })).toEqual([
      "packages/lm/src/new.ts: reads (JSON.parse), but stands under no door",
      `${file}: is listed under the door openGguf, but reads nothing`,
    ]);
  });

  it("names functions that are exported, exceptions that are some, and tests that are there", () => {
    const unknown = { door: "openNothing", in: "packages/lm", reads: [] };
    expect(faults({ doors: [...doors, unknown] })).toEqual([
      "packages/lm: exports no openNothing, which the list of doors names",
      "SECURITY.md: no line for the door openNothing of packages/lm",
    ]);
    const stale = { ...exceptions, "packages/lm/src/index.ts": "reads nothing" };
    expect(faults({ exceptions: stale })).toEqual([
      "packages/lm/src/index.ts: is an exception that is none: it reads nothing, or has a door",
    ]);
    const gone = security.replace("test/files/open-gguf.test.ts", "test/files/gone.test.ts");
    expect(faults({ security: gone })).toEqual([
      "SECURITY.md: the line of openGguf names packages/tensor-gpu/test/files/gone.test.ts, which is not there",
    ]);
  });
});

describe("A module reads", () => {
  it.each([
    ["const x = JSON.parse(text);", ["JSON.parse"]],
    ["new DataView(bytes.buffer); new TextDecoder();", ["DataView", "TextDecoder"]],
    ["await globalThis.fetch(url);", ["globalThis.fetch"]],
    ["await files.readFile(path);", ["files.readFile"]],
    ['await disk.open(path, "r");', ["disk.open"]],
    ['import Papa from "papaparse";', ["papaparse"]],
    ['const { RE2JS } = await import("re2js");', ["re2js"]],
  ])("that has %s", (text, readings) => {
    expect(readingsIn(text)).toEqual(readings);
  });

  it.each([
    "// JSON.parse(text)",
    'const text = "fetch(url)";',
    'import type { Node } from "yaml";',
    'await disk.open(path, "wx");',
    "const options = { fetch };",
  ])("not where it has %s", (text) => {
    expect(readingsIn(text)).toEqual([]);
  });
});
