import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { withInstallHint } from "../../src/commands/install-hint";

const versions = { bullmq: "^6.7.0", ioredis: "^6.0.0", pyodide: "314.0.7", sucrase: "^3.35.1" };
const notFound = (name: string) => `Cannot find package '${name}' imported from /x/dist/bullmq.js`;

describe("withInstallHint", () => {
  it("names the command that installs what a queue needs beside a program of npx or a project", async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, "node_modules/deepgrain/dist"), { recursive: true });
    await writeFile(join(root, "package.json"), "{}");
    const error = new Error(notFound("bullmq"));
    const program = join(root, "node_modules/deepgrain/dist/main.js");
    expect(withInstallHint(error.message, error, { versions, program })).toBe(
      `this needs bullmq, which is installed on use; run: npm i --prefix ${root} bullmq@6.7.0 ioredis@6.0.0`,
    );
  });

  it("installs globally beside a global program", async () => {
    const root = await temporaryFolder();
    const error = new Error("the judge failed", { cause: new Error(notFound("sucrase")) });
    const program = join(root, "node_modules/deepgrain/dist/main.js");
    expect(withInstallHint(error.message, error, { versions, program })).toBe(
      `the judge failed; run: npm i -g sucrase@3.35.1`,
    );
  });

  it("adds where to install to a message that names a package itself", () => {
    const error = new Error("coder/createPythonSandbox: Pyodide is missing; npm i pyodide@314.0.7");
    expect(withInstallHint(error.message, error, { versions, program: "/clone/src/main.js" })).toBe(
      `${error.message}; run: npm i pyodide@${versions.pyodide}`,
    );
  });

  it("leaves other errors as they are", () => {
    for (const error of [new Error("no file at x"), new Error(notFound("zod")), "a text", null])
      expect(withInstallHint("no file at x", error, { versions })).toBe("no file at x");
  });
});
