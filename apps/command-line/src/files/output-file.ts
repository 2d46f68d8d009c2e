// biome-ignore lint/style/noRestrictedImports: a device is opened to ask whether it is a terminal, and not written
import { constants, createReadStream } from "node:fs";
// biome-ignore lint/style/noRestrictedImports: as above
import { open, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { isatty } from "node:tty";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { terminalText } from "@deepgrain/support";
import { type Chunks, disk, makeFolder, outputPlace, writeOutput } from "@deepgrain/support/files";
import type { CliContext } from "../commands/context";

/** Standard output as the path of an output, standard input as that of an input. */
export const STANDARD = "-";

/** A file that a command writes: the value of every flag that names one. */
export interface OutputFile {
  /** Absolute; `-` for standard output. */
  readonly path: string;
  /** Writes it as `writeOutput` does: whole or not at all, but through a device, a pipe or standard output; a terminal shows it. */
  save(content: string | Chunks): Promise<void>;
  /** Writes a value as indented JSON. */
  saveJson(value: unknown): Promise<void>;
  /** Lets a function that writes files itself, whole or not at all, write this one: it gets a path. */
  fill(write: (path: string) => Promise<unknown>): Promise<void>;
}

type Print = Pick<CliContext, "write" | "columns">;

async function printContent({ write, columns }: Print, content: string | Chunks): Promise<void> {
  if (typeof content === "string") return write(content);
  for await (const chunk of content) {
    const isBinary = typeof chunk !== "string" && chunk.subarray(0, 1000).includes(0);
    if (isBinary && columns !== undefined)
      throw new UsageError("this output is binary: send standard output to a file or a pipe");
    write(chunk);
  }
}

/** Whether a path is a terminal's, as `/dev/tty` is. */
async function isTerminal(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isCharacterDevice()) return false;
  const handle = await open(path, constants.O_WRONLY | constants.O_NOCTTY).catch(() => undefined);
  try {
    return handle !== undefined && isatty(handle.fd);
  } finally {
    await handle?.close();
  }
}

/** A content as a terminal may show it. */
async function* shownContent(content: string | Chunks): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  for await (const chunk of typeof content === "string" ? [content] : content)
    yield terminalText(typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
}

/** Collects the output of `write` in a temporary file, for outputs that are written through. */
async function byTemporaryFile(
  name: string,
  write: (path: string) => Promise<unknown>,
  save: OutputFile["save"],
): Promise<void> {
  const folder = await disk.mkdtemp(join(tmpdir(), "deepgrain-"));
  try {
    await write(join(folder, name));
    await save(createReadStream(join(folder, name)));
  } finally {
    await disk.rmTree(folder);
  }
}

/** The output under a path. @param context its `write` is standard output; without it `-` is the name of a file */
export function outputFile(path: string, context?: Print): OutputFile {
  const isStandard = context !== undefined && path === STANDARD;
  const save = async (content: string | Chunks) =>
    isStandard
      ? printContent(context, content)
      : writeOutput(path, (await isTerminal(path)) ? shownContent(content) : content);
  return {
    path,
    save,
    saveJson: (value) => save(`${JSON.stringify(value, undefined, 2)}\n`),
    async fill(write) {
      const place = isStandard ? undefined : await outputPlace(path);
      if (place?.kind !== "file") return byTemporaryFile(basename(path), write, save);
      await makeFolder(dirname(place.path));
      await write(place.path);
    },
  };
}
