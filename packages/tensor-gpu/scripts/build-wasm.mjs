/**
 * Compiles `assembly/` twice, with fused multiply-add (relaxed SIMD) and without, and writes both binaries as base64
 * modules to `src/wasm/generated/`, beside the types and layouts of the parameters of all kernels. They are committed, so
 * that only changes of the kernels need the compiler; `test/wasm/generated.test.ts` fails when they are older than the
 * sources. `--force` compiles even if nothing changed.
 *
 * The sources are named `.as`: AssemblyScript's decorators are no TypeScript, and tools that read every `.ts` file would
 * stumble over them. The compiler wants `.ts`, so it is given copies.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { kernelParameters } from "./kernel-parameters.mjs";
import { sourcesHash } from "./sources-hash.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const builds = [
  { name: "relaxed", fma: 1 },
  { name: "plain", fma: 0 },
];

function copySources(folder) {
  mkdirSync(folder);
  const sources = join(root, "assembly");
  for (const name of readdirSync(sources))
    copyFileSync(join(sources, name), join(folder, name.replace(/\.as$/, ".ts")));
}

function compile({ fma }, folder, file) {
  const flags = [
    join(folder, "index.ts"),
    "-O3s --converge --noAssert --runtime stub",
    `--enable simd,threads,bulk-memory${fma ? ",relaxed-simd" : ""}`,
    "--importMemory --sharedMemory --initialMemory 2 --maximumMemory 65535",
    `--disableWarning 112 --use FMA=${fma} --outFile ${file}`,
  ];
  const { status } = spawnSync(join(root, "node_modules/.bin/asc"), flags.join(" ").split(" "), {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}

function writeAtomically(target, text) {
  writeFileSync(`${target}.tmp`, text);
  renameSync(`${target}.tmp`, target);
}

function checkTables(bytes) {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 65535, shared: true });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  if (exports.tablesEnd() > 65536) throw new Error("constant tables reach into the control page");
}

const hash = sourcesHash();
const outDir = join(root, "src/wasm/generated");
mkdirSync(outDir, { recursive: true });
writeAtomically(join(outDir, "kernels.ts"), kernelParameters());
const temporary = mkdtempSync(join(tmpdir(), "tensor-gpu-"));
try {
  const sources = join(temporary, "assembly");
  copySources(sources);
  for (const build of builds) {
    const target = join(outDir, `${build.name}.ts`);
    const current = (() => {
      try {
        return readFileSync(target, "utf8");
      } catch {
        return "";
      }
    })();
    if (current.includes(hash) && !process.argv.includes("--force")) continue;
    const file = join(temporary, `${build.name}.wasm`);
    compile(build, sources, file);
    const bytes = readFileSync(file);
    if (build.name === "plain") checkTables(bytes);
    const text = [
      `// Made by scripts/build-wasm.mjs from assembly/, ${bytes.length} bytes. Do not edit.`,
      `export const sourcesHash = "${hash}";`,
      `export const base64 = "${bytes.toString("base64")}";`,
      "",
    ].join("\n");
    writeAtomically(target, text);
    console.log(`${build.name}: ${bytes.length} bytes`);
  }
} finally {
  rmSync(temporary, { recursive: true });
}
