import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const src = fileURLToPath(new URL("../src", import.meta.url));

/** The files that a folder's files import, both relative to `src`. */
function importsOf(folder: string): { file: string; to: string }[] {
  const files = readdirSync(join(src, folder), { recursive: true, encoding: "utf8" });
  return files
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => {
      const file = join(src, folder, name);
      const found = readFileSync(file, "utf8").matchAll(/from "(\.[^"]*)"/g);
      return Array.from(found, ([, target]) => ({
        file: relative(src, file),
        to: relative(src, join(dirname(file), target!)),
      }));
    });
}

it("the federation knows no long tail", () => {
  expect(importsOf("federation").filter(({ to }) => to.startsWith("longtail"))).toEqual([]);
});

it("the long tail knows no transport: only tasks, strategies, personal models, tensors and random numbers", () => {
  const known =
    /^federation\/(random|tensors)\/|^federation\/runtime\/(task|strategy|personal-models)$/;
  const others = importsOf("longtail").filter(
    ({ to }) => to.startsWith("federation") && !known.test(to),
  );
  expect(others).toEqual([]);
});

it("the general trainer names no strategy and no group", () => {
  const text = readFileSync(join(src, "longtail/local/create-trainer.ts"), "utf8");
  expect(text).not.toMatch(/prototype|startsWith|"correction"|federated-head|redgrape\b/);
});

it("at most 110 names are public, over all entries", () => {
  const entries = Object.values(
    JSON.parse(readFileSync(join(src, "../package.json"), "utf8")).exports as Record<
      string,
      { "@deepgrain/source"?: string }
    >,
  ).flatMap((entry) => entry["@deepgrain/source"] ?? []);
  const namesOf = (file: string): string[] => {
    const text = readFileSync(file, "utf8");
    const lists = Array.from(text.matchAll(/export (?:type )?\{([^}]*)\}/g), ([, list]) =>
      list!.split(",").map((name) => name.trim()),
    );
    const stars = Array.from(text.matchAll(/export \* from "([^"]*)"/g), ([, target]) =>
      namesOf(join(dirname(file), target!, "index.ts")),
    );
    return [...lists.flat(), ...stars.flat()].filter((name) => name !== "");
  };
  const names = entries.flatMap((entry) => namesOf(join(src, "..", entry)));
  expect(entries).toHaveLength(10);
  expect(names.length).toBeLessThanOrEqual(110);
  expect(names.length).toBeGreaterThan(50);
});
