/**
 * Compiles `assembly/` and writes the results to `src/wasm/generated/`: parts with fused multiply-add (relaxed SIMD) as
 * deflated base64, `core` for every bundle, `layers` and `more` for the operators that need them, `blocks` for weights in GGML's blocks; all kernels without fused
 * multiply-add as `kernels.wasm`, for runtimes that compile no bytes; and the parameters of all kernels as types.
 * They are committed, so that only changes of the kernels need the compiler; `test/wasm/generated.test.ts` fails when they are
 * older than the sources. `--force` compiles even if nothing changed.
 *
 * The sources are named `.as`: AssemblyScript's decorators are no TypeScript, and tools that read every `.ts` file would
 * stumble over them. The compiler wants `.ts`, so it is given copies.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
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
import { setFlagsFromString } from "node:v8";
import { deflateAsync } from "@gfx/zopfli";
import { kernelLayouts, kernelParameters } from "./kernel-parameters.mjs";
import { renameExports } from "./rename-exports.mjs";
import { sourcesHash } from "./sources-hash.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** The constant tables of the parts lie in the first page of one memory: where those of each part begin. */
const TABLES = { core: 0, layers: 24_576, more: 45_056, blocks: 61_440 };
const PAGE = 65_536;

const part = (name, end) => ({
  file: `${name}.ts`,
  entries: [name],
  fma: 1,
  shared: true,
  flags: name === "core" ? "" : `--memoryBase ${TABLES[name]}`,
  end,
});
const builds = [
  part("core", TABLES.layers),
  part("layers", TABLES.more),
  part("more", TABLES.blocks),
  part("blocks", PAGE),
  { file: "kernels.wasm", entries: Object.keys(TABLES), fma: 0, shared: false, end: PAGE },
];

function copySources(folder) {
  mkdirSync(folder);
  const sources = join(root, "assembly");
  for (const name of readdirSync(sources))
    copyFileSync(join(sources, name), join(folder, name.replace(/\.as$/, ".ts")));
}

function compile({ entries, fma, shared, flags = "" }, folder, output) {
  const all = [
    ...["entry", ...entries].map((name) => join(folder, `${name}.ts`)),
    "-O3s --converge --noAssert --runtime stub",
    `--enable simd,bulk-memory${shared ? ",threads" : ""}${fma ? ",relaxed-simd" : ""}`,
    `--importMemory ${shared ? "--sharedMemory" : ""} --initialMemory 2 --maximumMemory 65535`,
    `${flags} --disableWarning 112 --use FMA=${fma}`,
    `--outFile ${output}.wasm --textFile ${output}.wat`,
  ];
  const words = all.join(" ").split(/ +/);
  const { status } = spawnSync(join(root, "node_modules/.bin/asc"), words, {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}

function writeAtomically(target, data) {
  writeFileSync(`${target}.tmp`, data);
  renameSync(`${target}.tmp`, target);
}

function checkTables(bytes, { shared, end }) {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 65535, shared });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  if (exports.tablesEnd() > end) throw new Error(`constant tables reach beyond ${end}`);
}

/**
 * `src/wasm/unfuse.ts` finds relaxed instructions by their three bytes. This counts them in the text, where there is no doubt.
 */
function checkRelaxed(bytes, text) {
  const instructions = {
    "f32x4.relaxed_madd": 0x85,
    "f32x4.relaxed_nmadd": 0x86,
    "i32x4.relaxed_laneselect": 0x8b,
    "i16x8.relaxed_dot_i8x16_i7x16_s": 0x92,
    "i32x4.relaxed_dot_i8x16_i7x16_add_s": 0x93,
  };
  for (const [name, code] of Object.entries(instructions)) {
    const wanted = text.split(name).length - 1;
    const found = bytes.filter(
      (_, i) => bytes[i] === 0xfd && bytes[i + 1] === code && bytes[i + 2] === 2,
    ).length;
    if (found !== wanted)
      throw new Error(`${name}: ${wanted} instructions, but ${found} places with its bytes`);
  }
  const others = new Set(
    text.match(/\w+\.relaxed_\w+/g)?.filter((name) => !(name in instructions)),
  );
  if (others.size > 0)
    throw new Error(`src/wasm/unfuse.ts does not know ${[...others].join(", ")}`);
}

/** The binary with the hash of the sources in a section of its own. */
function signed(bytes, hash) {
  const text = Buffer.from(`\u0007sources${hash}`);
  return Buffer.concat([bytes, Buffer.from([0, text.length]), text]);
}

async function write({ file, entries }, bytes, hash) {
  const target = join(outDir, file);
  if (!file.endsWith(".ts")) return writeAtomically(target, signed(bytes, hash));
  const layouts = kernelLayouts();
  const names = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
  const kernels = names.map((name) => (layouts.has(name) ? `${name}:${layouts.get(name)}` : name));
  // The names of kernels are in `kernels`, so the binary need not hold them.
  const short = names.map((name, i) => (layouts.has(name) ? i.toString(36) : name));
  const binary = renameExports(bytes, short);
  const deflated = Buffer.from(await deflateAsync(binary, { numiterations: 15 }));
  const text = [
    `// Made by scripts/build-wasm.mjs from assembly/, ${deflated.length} bytes deflated. Do not edit.`,
    `export const sourcesHash = "${hash}";`,
    `export const ${entries[0]} = {`,
    `  size: ${binary.length},`,
    "  kernels:",
    `    "${kernels.join(" ")}",`,
    `  base64:`,
    `    "${deflated.toString("base64")}",`,
    "};",
    "",
  ].join("\n");
  writeAtomically(target, text);
  console.log(`${file}: ${bytes.length} bytes, ${deflated.length} deflated`);
}

setFlagsFromString("--experimental-wasm-relaxed-simd"); // Node 20 has it behind this flag.
const hash = sourcesHash();
const outDir = join(root, "src/wasm/generated");
mkdirSync(outDir, { recursive: true });
writeAtomically(join(outDir, "kernels.ts"), kernelParameters());
const temporary = mkdtempSync(join(tmpdir(), "tensor-gpu-"));
try {
  const sources = join(temporary, "assembly");
  copySources(sources);
  for (const build of builds) {
    const target = join(outDir, build.file);
    const isCurrent = existsSync(target) && readFileSync(target, "latin1").includes(hash);
    if (isCurrent && !process.argv.includes("--force")) continue;
    const output = join(temporary, "output");
    compile(build, sources, output);
    const bytes = readFileSync(`${output}.wasm`);
    checkTables(bytes, build);
    checkRelaxed(bytes, readFileSync(`${output}.wat`, "utf8"));
    await write(build, bytes, hash);
  }
} finally {
  rmSync(temporary, { recursive: true });
}
