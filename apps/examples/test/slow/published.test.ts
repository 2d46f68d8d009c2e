/**
 * @file The packages as strangers get them: published to a registry on the loopback address, installed from it into empty
 *   projects, and run there: the command line, every block of every README, the example projects, and those of `npm create`. It takes minutes and
 *   needs npm's registry, so it runs only where `DEEPGRAIN_PUBLISHED` is set.
 */
import { execFile } from "node:child_process";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  type LocalRelease,
  prove,
  publishLocally,
  readmeProject,
  runReadme,
} from "@deepgrain/release";
import { chromium as browserPath } from "@deepgrain/vitest/chromium";
import { chromium, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { files, serveLoopback } from "../support/loopback";
import { saveTinyModel } from "../support/tiny-models";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const examples = fileURLToPath(new URL("../..", import.meta.url));
const isAskedFor = process.env.DEEPGRAIN_PUBLISHED !== undefined;
/** Commands that run JavaScript, Node's own first; `DEEPGRAIN_RUNTIMES` adds others, as `deno run -A,bun`. */
const runtimes = [
  [process.execPath],
  ...(process.env.DEEPGRAIN_RUNTIMES ?? "").split(",").flatMap((one) => {
    const words = one.trim().split(/\s+/).filter(Boolean);
    return words.length > 0 ? [words] : [];
  }),
];
let release: LocalRelease;
beforeAll(async () => {
  if (isAskedFor) release = await publishLocally(root);
});
afterAll(() => release?.close());

async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, ...release.env };
  return (await promisify(execFile)(command, args, { cwd, env, maxBuffer: 2 ** 26 })).stdout;
}

/** Calls `npm create deepgrain`. @param project whose npm asks the registry on loopback */
const made = (project: string, template: string, folder: string) =>
  run(
    project,
    "npm",
    "create",
    "--yes",
    "--cache",
    ".npm-cache",
    "deepgrain@latest",
    template,
    folder,
  );

/** A copy of an example, installed. */
async function installed(name: string): Promise<string> {
  const project = release.createProject(`example-${name}`);
  await cp(join(examples, name), project, {
    recursive: true,
    filter: (path) => !path.includes("node_modules"),
  });
  await run(project, "npm", "install", "--silent");
  return project;
}

describe.skipIf(!isAskedFor)("the published packages", () => {
  it("install into an empty project, load, and bring the command line", async () => {
    const project = release.createProject("everything");
    const names = release.packages.map(({ name, version }) => `${name}@${version}`);
    await run(project, "npm", "install", "--silent", ...names);
    for (const { name, version } of release.packages) {
      const changes = await readFile(join(project, "node_modules", name, "CHANGELOG.md"), "utf8");
      expect(changes, name).toContain(`## ${version}`);
    }
    const libraries = release.packages.filter(({ bin }) => !bin);
    const imports = libraries.map(({ name }) => `await import(${JSON.stringify(name)});\n`);
    await writeFile(join(project, "imports.mjs"), imports.join(""));
    await run(project, process.execPath, "imports.mjs");
    const app = release.packages.find(({ name }) => name === "deepgrain")!;
    expect(await run(project, "npx", "--no-install", "deepgrain", "--version")).toBe(
      `${app.version}\n`,
    );
  });

  it("run every block of their READMEs after what these say to install, and nothing else", async () => {
    for (const one of release.packages.filter(({ bin }) => !bin)) {
      const project = readmeProject(release, one);
      for (const [i, runtime] of runtimes.entries()) {
        const own = `${project}-${i}`; // without what earlier ones wrote
        await cp(project, own, { recursive: true, verbatimSymlinks: true });
        const results = await runReadme(own, one, runtime);
        const ran = results.filter(({ outcome }) => outcome === "ran").length;
        console.log(`${runtime.join(" ")}: ${one.name}, ${ran} of ${results.length} blocks`);
        const failed = results.filter(({ outcome }) => outcome === "failed");
        expect.soft(failed, `${one.name}, ${runtime.join(" ")}`).toEqual([]);
        expect.soft(ran, `${one.name}, ${runtime.join(" ")}`).toBeGreaterThan(0);
      }
    }
  });
});

describe.skipIf(!isAskedFor)("the example projects", () => {
  it("mark a text under Deno", async () => {
    expect(await run(await installed("deno"), "npm", "start", "--silent")).toBe("found true\n");
  });

  it("train a language model under Bun", async () => {
    const out = await run(await installed("bun"), "npm", "start", "--silent");
    expect(out.trimEnd().split("\n").at(-1)).toBe("brown fox");
  });

  it.skipIf(!browserPath)("complete a prompt by a model inside the page", async () => {
    const app = await installed("browser-server");
    const sizes = { vocabSize: 258, type: "llama" } as const;
    await saveTinyModel(join(app, "public/model"), { texts: ["once"], ...sizes });
    await run(app, "npm", "run", "build", "--silent");
    const completed = /^Once upon a time./s;
    const complete = async (page: Page) => {
      await page.locator("output", { hasText: /^ready$/ }).waitFor({ timeout: 240_000 });
      await page.click("button");
    };
    expect(await textOn(join(app, "dist"), completed, complete)).toMatch(completed);
  });
});

describe.skipIf(!isAskedFor)("a project that npm create deepgrain made", () => {
  it("is typed, built and runs, for each template", async () => {
    const names = ["node", "vite", "worker", "page", "next", "gguf"];
    const only = names.map((name) => `template ${name}`);
    const { cells } = await prove(release, { only });
    const made = cells.filter((cell) => cell.package === "create-deepgrain");
    expect(made.map(({ check }) => check)).toEqual(only);
    for (const { check, outcome, reason } of made)
      if (browserPath || check === "template node")
        expect.soft(outcome, `${check}: ${reason}`).toBe("ran");
  });

  it("is refused for a template that there is none of, and for a folder with files", async () => {
    const project = release.createProject("start-refused");
    for (const [template, folder, reason] of [
      ["vue", "app", /^create-deepgrain: unknown template "vue": .*$/m],
      ["node", "..", /^create-deepgrain: the folder "\.\." is not empty: .*$/m],
    ] as const) {
      const { code, stderr } = await made(project, template, folder).catch((error) => error);
      expect(code).toBe(1);
      expect(stderr).toMatch(reason);
    }
    expect(await readdir(project)).not.toContain("app");
  });
});

/** Serves a folder and opens its page, then acts on it. @returns what its `<output>` says once that matches */
async function textOn(
  folder: string,
  wanted: RegExp,
  act?: (page: Page) => Promise<void>,
): Promise<string> {
  const server = await serveLoopback(files(folder));
  try {
    return await textAt(`${server.url}/index.html`, wanted, act);
  } finally {
    server.close();
  }
}

/** Opens a page, then acts on it. @returns what its `<output>` says once that matches */
async function textAt(
  address: string,
  wanted: RegExp,
  act: (page: Page) => Promise<void> = async () => {},
): Promise<string> {
  const browser = await chromium.launch({ executablePath: browserPath!, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    await page.goto(address);
    await act(page);
    const output = page.locator("output");
    await expect.poll(() => output.textContent(), { timeout: 240_000 }).toMatch(wanted);
    return (await output.textContent())!;
  } finally {
    await browser.close();
  }
}
