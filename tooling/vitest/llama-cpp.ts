/**
 * @file node-llama-cpp for slow tests. The library takes some 200 MB, so it is installed into a temporary project, and only
 * with DEEPGRAIN_FULL=1; DEEPGRAIN_LIBRARIES names a project that has node-llama-cpp and koffi already.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package of its binaries. */
const llamaCppBinary = `@node-llama-cpp/linux-${process.arch}`;

/** Where a project has its libraries. */
export const llamaCppLibraries = `node_modules/${llamaCppBinary}/bins/linux-${process.arch}`;

const given = process.env.DEEPGRAIN_LIBRARIES;
const programs = fileURLToPath(new URL("./llama-cpp/", import.meta.url));

/** Its reading of a file. */
export interface LlamaCppReading {
  /** For each prompt its ids, those of the greedy continuation, and the log-probabilities of each of its steps. */
  results: { prompt: number[]; ids: number[]; rows: (number | null)[][] }[];
  /** For each row of ids the log-probability of each but the first. */
  scores: number[][];
}

/** A file that llama.cpp's quantiser makes of another. */
export interface LlamaCppJob {
  from: string;
  to: string;
  /** llama.cpp's number of the type of the file. */
  type: number;
}

/** node-llama-cpp in a project. */
export interface LlamaCpp {
  /** Runs a program of the folder beside this file, which are text since their libraries are no dependencies. */
  run(name: string, task: object): void;
  /** Reads a GGUF file, continues prompts, texts or ids, greedily, and rates rows of ids. */
  read(
    file: string,
    prompts: readonly (string | readonly number[])[],
    steps: number,
    rows?: readonly (readonly number[])[],
  ): LlamaCppReading;
  /**
   * Runs its quantiser.
   * @param files of which it lists the types of the tensors, by GGML's numbers
   * @param loads files that it loads
   */
  requantise(
    jobs: readonly LlamaCppJob[],
    files: readonly string[],
    loads: readonly string[],
  ): Record<string, Record<string, number>>;
}

function openProject(folder: string): string | Error {
  if (given) return given;
  if (process.env.DEEPGRAIN_FULL !== "1") return new Error("DEEPGRAIN_FULL is not 1");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const names = ["node-llama-cpp@3.22.1", `${llamaCppBinary}@3.22.1`, "koffi@3.3.4"];
  const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional"];
  try {
    execFileSync("npm", ["install", ...quiet, ...names], { cwd: folder, stdio: "pipe" });
    return folder;
  } catch (error) {
    return error as Error;
  }
}

/** @param folder a temporary one @returns node-llama-cpp, or why it is not there */
export function openLlamaCpp(folder: string): LlamaCpp | Error {
  const project = openProject(folder);
  if (project instanceof Error) return project;
  const run = (name: string, task: object) => {
    const program = join(folder, name);
    writeFileSync(program, readFileSync(join(programs, `${name}.txt`)));
    writeFileSync(join(folder, "task.json"), JSON.stringify({ project, ...task }));
    const files = [program, join(folder, "task.json"), join(folder, "result.json")];
    execFileSync(process.execPath, files, { stdio: ["ignore", "ignore", "pipe"] });
  };
  const result = () => JSON.parse(readFileSync(join(folder, "result.json"), "utf8"));
  return {
    run,
    read(file, prompts, steps, rows = []) {
      run("read.mjs", { file, prompts, steps, rows });
      return result();
    },
    requantise(jobs, files, loads) {
      run("requantise.mjs", { folder: llamaCppLibraries, jobs, files, loads });
      return result().types;
    },
  };
}
