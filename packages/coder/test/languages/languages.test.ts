import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { parsedLanguages } from "../../src";
import { languageNamed, languages } from "../../src/languages";

describe("the table of languages", () => {
  it.skipIf(sharedIsMissing)("has the published names in their order", () => {
    const names = readFileSync(shared("golden/coder/supported_langs.txt"), "utf8")
      .trim()
      .split(/\r?\n/);
    expect(languages.map(({ name }) => name)).toEqual(names.map((name) => name.trim()));
    expect(languages).toHaveLength(338);
  });

  it("has extensions that begin with a dot, and only files of fixed names go without", () => {
    for (const { extensions } of languages)
      for (const extension of extensions) expect(extension).toMatch(/^\.[^\s/]+$/);
    const without = languages.filter(({ extensions }) => extensions.length === 0);
    expect(without.map(({ name }) => name)).toEqual([
      "Debian Control File",
      "Kconfig",
      "Lighttpd Configuration File",
      "Meson",
      "Singularity",
      "Terminfo",
    ]);
  });

  it("knows how the parsed languages comment", () => {
    for (const name of parsedLanguages)
      expect([name, languageNamed(name)?.lineComment]).toEqual([
        name,
        ["Python", "Ruby"].includes(name) ? "#" : "//",
      ]);
  });

  it("finds a language whatever its letter case", () => {
    expect(languageNamed("typescript")).toMatchObject({ name: "TypeScript", source: "linguist" });
    expect(languageNamed("Klingon")).toBeUndefined();
  });
});
