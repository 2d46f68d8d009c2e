/** @file Inputs that a door once failed on, one file each, which every run of the tests reads from then on. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromBytes, type Generator, toBytes } from "./generator";

/** A file of the corpus. */
export interface Kept {
  readonly generator: Generator;
  /** Door and file. */
  readonly name: string;
  readonly input: unknown;
}

/**
 * All inputs of a corpus.
 * @param folder with a folder for each door that has inputs
 * @throws {Error} naming what is no input: of no door, not a file, or not of the door's form
 */
export function readCorpus(folder: string, generators: readonly Generator[]): Kept[] {
  const doors = existsSync(folder) ? readdirSync(folder).sort() : [];
  return doors.flatMap((door) => {
    const generator = generators.find((each) => each.door === door);
    if (generator === undefined) throw new Error(`${join(folder, door)}: is of no door`);
    return readdirSync(join(folder, door), { withFileTypes: true }).map((file) => {
      const path = join(folder, door, file.name);
      if (!file.isFile()) throw new Error(`${path}: is no file of the corpus`);
      try {
        const input = fromBytes(generator.form, readFileSync(path));
        return { generator, name: `${door}/${file.name}`, input };
      } catch (cause) {
        throw new Error(`${path}: is no input of ${door}: ${String(cause)}`, { cause });
      }
    });
  });
}

/** Keeps an input, under a name made of its bytes. @returns its path */
export function keepInput(folder: string, generator: Generator, input: unknown): string {
  const bytes = toBytes(generator.form, input);
  const name = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  mkdirSync(join(folder, generator.door), { recursive: true });
  const path = join(folder, generator.door, name);
  writeFileSync(path, bytes);
  return path;
}
