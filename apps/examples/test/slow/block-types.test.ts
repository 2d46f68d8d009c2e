/** @file The code on pages compiles as strict TypeScript against the types of the libraries that it imports. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Page, typeErrors } from "@deepgrain/vitest/block-types";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const examples = join(root, "apps/examples");

/** The pages in a folder, whose imports resolve from a package. */
const pagesIn = (pages: string, folder: string): Page[] =>
  existsSync(pages)
    ? readdirSync(pages)
        .filter((name) => name.endsWith(".md"))
        .map((name) => ({ path: join(pages, name), folder }))
    : [];

const packages = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name));
const pages = [
  ...packages.flatMap((folder) => [
    { path: join(folder, "README.md"), folder },
    ...pagesIn(join(folder, "docs"), folder),
  ]),
  ...pagesIn(join(root, "docs/guides"), examples),
  { path: join(root, "README.md"), folder: examples },
];

it("finds no type error in the blocks of any guide or README", () => {
  // The libraries of these blocks take 500 MB; packages/watermark/test/slow/real-libraries.test.ts installs them and compiles the blocks.
  const isWanted = (info: string) => !/transformers|node-llama-cpp/.test(info);
  const { errors, modules } = typeErrors(pages, { isWanted });
  expect(errors.join("\n")).toBe("");
  expect(modules).toBeGreaterThanOrEqual(55);
});
