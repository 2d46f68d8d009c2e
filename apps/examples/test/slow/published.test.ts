/**
 * @file The packages as strangers get them: published to a registry on the loopback address, installed from it into empty
 *   projects, and run there: the command line, every block of every README, the example projects, and those of `npm create`. It takes minutes and
 *   needs npm's registry, so it runs only where `DEEPGRAIN_PUBLISHED` is set.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  freePort,
  type LocalRelease,
  publishLocally,
  readmeProject,
  runReadme,
} from "@deepgrain/release";
import { chromium as browserPath } from "@deepgrain/vitest/chromium";
import { chromium, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { saveTinyGguf } from "../support/gguf-model";
import { checkGgufPage } from "../support/gguf-page";
import { files, serveLoopback } from "../support/loopback";
import { saveTinyModel } from "../support/tiny-models";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const examples = fileURLToPath(new URL("../..", import.meta.url));
const compiler = join(root, "node_modules/typescript/bin/tsc");
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

/** A project of a template, installed, its programs checked as strictly as its authors' types can be. */
async function started(template: string): Promise<string> {
  const parent = release.createProject(`start-${template}`);
  await made(parent, template, "app");
  const project = join(parent, "app");
  await cp(join(parent, ".npmrc"), join(project, ".npmrc"));
  await run(project, "npm", "install", "--silent");
  const programs = (await readdir(project)).filter((name) => /\.[jt]s$/.test(name));
  const flags = [
    ...["--noEmit", "--allowJs", "--checkJs", "--strict", "--noImplicitAny", "false"],
    ...["--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"],
    ...["--lib", "es2022,esnext.disposable,dom,dom.iterable", "--types", "node"],
    ...["--typeRoots", join(examples, "node_modules/@types")],
  ];
  if (programs.length > 0)
    await run(project, process.execPath, compiler, "--ignoreConfig", ...flags, ...programs);
  return project;
}

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
  const line = /^y = 3\.00 x \+ -1\.00$/;

  it("trains a network in Node", async () => {
    const out = await run(await started("node"), "npm", "start", "--silent");
    const [, right] = /^(\d+) of 200 points are right$/m.exec(out)!;
    expect(Number(right)).toBeGreaterThan(190);
  });

  it.skipIf(!browserPath)(
    "fits lines in pages, built and not, and trains in a worker",
    async () => {
      const app = await started("vite");
      await run(app, "npm", "run", "build", "--silent");
      expect(await textOn(join(app, "dist"), line)).toMatch(line);
      expect(await textOn(await started("page"), line)).toMatch(line);
      const trained = /^loss 0\.00\d+ after 300 steps$/;
      expect(await textOn(await started("worker"), trained)).toMatch(trained);
    },
  );

  it.skipIf(!browserPath)("fits a line in a client component of Next.js", async () => {
    const app = await started("next");
    await run(app, "npm", "run", "build", "--silent"); // which checks its types
    const port = await freePort();
    const server = spawn(process.execPath, [
      join(app, "node_modules/next/dist/bin/next"),
      ...["start", app, "--port", String(port), "--hostname", "127.0.0.1"],
    ]);
    try {
      await once(server.stdout, "data");
      expect(await textAt(`http://127.0.0.1:${port}/`, line)).toMatch(line);
    } finally {
      server.kill();
    }
  });

  it.skipIf(!browserPath)("opens a GGUF file and chats with it", async () => {
    const app = await started("gguf");
    await run(app, "npm", "run", "build", "--silent");
    const file = join(app, "tiny.gguf");
    await saveTinyGguf(join(app, "model"), file);
    const chat = (page: Page) => checkGgufPage(page, file);
    expect(await textOn(join(app, "dist"), /^Ready$/, chat)).toBe("Ready");
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
