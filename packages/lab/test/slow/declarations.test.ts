/** @file The built declarations as a program sees them whose compiler checks the declarations of its libraries too. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };

const root = fileURLToPath(new URL("../..", import.meta.url));
let project: string;

const bin = (name: string) => join(root, "node_modules/.bin", name);

/** Links an installed package into the `node_modules` of a folder. */
async function install(name: string, folder: string): Promise<void> {
  const target = join(folder, "node_modules", name);
  await mkdir(dirname(target), { recursive: true });
  await symlink(await realpath(join(root, "node_modules", name)), target);
}

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "deepgrain-declarations-"));
  const lab = join(project, "node_modules/@deepgrain/lab");
  await mkdir(lab, { recursive: true });
  await cp(join(root, "package.json"), join(lab, "package.json"));
  await promisify(execFile)(bin("tsup"), ["--out-dir", join(lab, "dist"), "--silent"], {
    cwd: root,
  });
  for (const name of Object.keys(manifest.dependencies)) await install(name, lab);
  await install("@types/node", project);
  await writeFile(join(project, "package.json"), JSON.stringify({ type: "module" }));
});
afterAll(() => rm(project, { recursive: true, force: true }));

/** Compiles a program of the project. @returns the errors */
async function errorsOf(program: string, compilerOptions: object): Promise<string> {
  await writeFile(join(project, "program.ts"), program);
  const options = { strict: true, noEmit: true, skipLibCheck: false, types: ["node"] };
  await writeFile(
    join(project, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...options, ...compilerOptions }, files: ["program.ts"] }),
  );
  return promisify(execFile)(bin("tsc"), ["-p", project]).then(
    ({ stdout }) => stdout,
    ({ stdout }) => stdout as string,
  );
}

const inNode = { target: "es2022", module: "nodenext", lib: ["es2023"] };
const inPages = { target: "es2022", module: "esnext", moduleResolution: "bundler", types: [] };

const study = `
import { curves, drain, judge, measure, page, runStudy, study } from "@deepgrain/lab";
import { workers } from "@deepgrain/lab/workers";

const loss = measure("loss", (result: { loss: number }) => result.loss);
export const small = study({
  name: "small",
  title: "Small",
  module: import.meta.url,
  exportName: "small",
  settings: { rate: 0.1 },
  variants: [{ id: "a", steps: 1 }, { id: "b", steps: 2 }],
  async *run({ steps }, seed, { settings: { rate } }) {
    yield { type: "progress", done: 1 };
    return { loss: seed + steps * rate };
  },
  claims: [{ lower: loss("a"), higher: loss("b"), margin: 0.01, paper: "none" }],
});
const runs = await drain(runStudy(small, { folder: "small", seeds: [1], executor: workers({ threads: 1 }) }));
export const outcome = judge(small, runs);
const series = [{ name: "a", points: [{ x: 1, y: 2 }] }];
const chart = curves({ label: "Loss", x: { label: "x" }, y: { label: "y" }, series });
export const html: string = page({ title: "Small", sections: [chart] });
`;

it("compiles in a program for Node that checks its libraries", async () => {
  expect(await errorsOf(study, inNode)).toBe("");
});

it("compiles in a program for pages that checks its libraries", async () => {
  const program = `
import { curves } from "@deepgrain/lab/charts";
const series = [{ name: "a", points: [{ x: 1, y: 2 }] }];
export const chart = curves({ label: "Loss", x: { label: "x" }, y: { label: "y" }, series });
`;
  expect(await errorsOf(program, inPages)).toBe("");
});

it("compiles with bullmq beside it", async () => {
  await install("bullmq", project);
  const program = 'export { queueExecutor, serveRuns } from "@deepgrain/lab/bullmq";';
  expect(await errorsOf(program, inNode)).toBe("");
});
