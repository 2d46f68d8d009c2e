import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { disk, thisProcess } from "@deepgrain/support/files";
import { failingDisk } from "@deepgrain/vitest/failing-disk";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { gatherTemplates } from "../build/gather-templates";
import { create } from "../src/create";
import { templates } from "../src/templates";

const names = Object.keys(templates);
let folder: string;
let gathered: string;
let work: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "create-deepgrain-"));
  gathered = join(folder, "templates");
  gatherTemplates(gathered);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  work = mkdtempSync(join(folder, "work-"));
});

const filesOf = (path: string) => readdirSync(path, { recursive: true, encoding: "utf8" }).sort();

describe("a new project", () => {
  it.each(names)(
    "of %s has the example's files, versions instead of latest, and links that lead somewhere",
    async (name) => {
      const target = join(work, "deep/app");
      const said = await create([name, target], gathered);
      expect(said).toContain(`cd ${target}\n  npm install\n  ${templates[name]!.run}\n`);
      const manifest = readFileSync(join(target, "package.json"), "utf8");
      expect(manifest).not.toContain("latest");
      expect(manifest).toMatch(/"@deepgrain\/[\w-]+": "\^\d+\.\d+\.\d+"/);
      const script = templates[name]!.run.split(" ").at(-1)!;
      expect(JSON.parse(manifest).scripts).toHaveProperty(script);
      const readme = readFileSync(join(target, "README.md"), "utf8");
      expect(readme).toContain(`npm create deepgrain@latest ${name} `);
      for (const [, link] of readme.matchAll(/\]\(([^)]+)\)/g)) {
        const path = link!.replace("https://github.com/deepgrain/deepgrain/blob/main/", "../../");
        expect(existsSync(path), link).toBe(true);
      }
      expect(filesOf(target)).toEqual([".gitignore", ...filesOf(join(gathered, name))].sort());
      expect(filesOf(target).some((path) => path.includes("node_modules"))).toBe(false);
    },
  );

  it("fills an empty folder, and quotes a name with a space for the shell", async () => {
    const target = join(work, "it's mine");
    mkdirSync(target);
    expect(await create(["node", target], gathered)).toContain(`cd '${work}/it'\\''s mine'\n`);
    expect(existsSync(join(target, "package.json"))).toBe(true);
  });

  it("is made by the command of the README", async () => {
    const readme = readFileSync("README.md", "utf8");
    const [, name, target] = /^npm create deepgrain@latest (\S+) (\S+)$/m.exec(readme)!;
    const said = await create([name!, join(work, target!)], gathered);
    const block = /^```sh\n[^\n]+\ncd \S+\n([\s\S]*?)^```$/m.exec(readme)![1]!;
    expect(said.replaceAll(/^ +/gm, "").endsWith(block)).toBe(true);
    for (const each of names) expect(readme).toContain(`- \`${each}\`: `);
  });

  it("is explained by --help, with every template", async () => {
    const help = await create(["--help"], gathered);
    for (const name of names) expect(help).toMatch(new RegExp(`^  ${name} +\\S`, "m"));
  });
});

describe("bad input", () => {
  const refused = async (args: string[]) => {
    const before = filesOf(work);
    let line = "";
    try {
      await create(args, gathered);
    } catch (error) {
      line = (error as Error).message;
    }
    expect(line).not.toBe("");
    expect(line).not.toContain("\n");
    expect(filesOf(work)).toEqual(before);
    return line;
  };

  it("without a template, without a folder, or with more than one says how to call it", async () => {
    expect(await refused([])).toBe(
      "expected a template (node, vite, worker, next, page, gguf) and a folder, such as npm create deepgrain@latest vite my-app",
    );
    expect(await refused(["gguf"])).toMatch(
      /got 0, such as npm create deepgrain@latest gguf my-app$/,
    );
    expect(await refused(["gguf", ""])).toMatch(/got 0/);
    expect(await refused(["gguf", join(work, "a"), join(work, "b")])).toMatch(/got 2/);
  });

  it.each(["vue", "constructor", "../node-script", "a\nb"])(
    "with the template %j names all there are",
    async (name) => {
      expect(await refused([name, join(work, "app")])).toMatch(
        /^unknown template ".*": expected one of node, vite/,
      );
    },
  );

  it("with control characters in the folder's name shows none of them", async () => {
    expect(await refused(["node", join(work, "a\u001b[31mb")])).toMatch(
      /^the folder ".*a\\u001b\[31mb" has control characters: name another$/,
    );
  });

  it("with an option is refused", async () => {
    expect(await refused(["node", join(work, "app"), "--force"])).toMatch(
      /^unknown option "--force"/,
    );
  });

  it("with a folder that has files, or a file, replaces nothing", async () => {
    writeFileSync(join(work, "notes.txt"), "mine");
    expect(await refused(["node", work])).toMatch(/is not empty: name one that does not exist yet/);
    expect(await refused(["node", join(work, "notes.txt")])).toMatch(/is a file: name a folder/);
    expect(await refused(["node", "."])).toMatch(/is the folder you are in/);
    mkdirSync(join(work, "elsewhere"));
    for (const [link, to] of [
      ["link", "elsewhere"],
      ["broken", "nowhere"],
    ] as const) {
      symlinkSync(join(work, to), join(work, link));
      for (const name of [link, `${link}/`])
        expect(await refused(["node", join(work, name)])).toMatch(/is a link: name a folder/);
      expect(readlinkSync(join(work, link))).toBe(join(work, to));
    }
    expect(readdirSync(join(work, "elsewhere"))).toEqual([]);
    expect(await refused(["node", join(work, "notes.txt/app")])).toMatch(
      /^cannot write .*name another folder$/,
    );
    expect(readFileSync(join(work, "notes.txt"), "utf8")).toBe("mine");
  });

  it("with a disk that fails leaves nothing or the whole, whichever operation it is", async () => {
    let at = 0;
    for (let isDone = false; !isDone; at++) {
      const failing = failingDisk({ disk, thisProcess }, { at: at + 1, failure: "ENOSPC" });
      const target = join(work, "app");
      try {
        await create(["page", target], gathered);
        isDone = failing.failed === undefined;
        rmSync(target, { recursive: true });
      } catch (error) {
        expect((error as Error).message).toMatch(/^cannot write [^\n]+: name another folder$/);
        const files = existsSync(target) ? filesOf(target).length : 0;
        expect([0, 1 + filesOf(join(gathered, "page")).length]).toContain(files);
        expect(readdirSync(work)).toEqual(files > 0 ? ["app"] : []);
        rmSync(target, { recursive: true, force: true });
      } finally {
        await failing.restart();
      }
    }
    expect(at).toBeGreaterThan(10);
  });
});
