import { disk } from "./disk";
import { failing, ioError, systemCode } from "./io-error";
import { saveText } from "./json";
import { nodeFiles, nodeFilesSync, nodeNet } from "./node-modules";
import { folderOf } from "./paths";
import type { Chunks } from "./stage-file";

/** The kind of place that an output's path names. */
export interface OutputPlace {
  /** `file`: replaced as a whole, and locked meanwhile; the others are written through, without lock or temporary file. */
  kind: "file" | "stream" | "socket";
  /** Where symbolic links lead. */
  path: string;
  /** The number of the standard stream that is open on the same thing already, where there is one. */
  descriptor: 1 | 2 | undefined;
}

/** Links that the system follows before it gives up. */
const MAX_LINKS = 40;

/** The path that symbolic links lead to; it need not exist. */
async function linkTarget(path: string): Promise<string> {
  let target = path;
  for (let links = 0; links < MAX_LINKS; links++) {
    const link = await nodeFiles()
      .readlink(target)
      .catch(() => undefined);
    if (link === undefined) return target;
    const isAbsolute = /^([\\/]|[A-Za-z]:)/.test(link);
    target = isAbsolute ? link : folderOf(target) + link;
  }
  throw ioError("write", path, new Error("its symbolic links form a loop"));
}

/**
 * Which of the standard streams is open on this very file, pipe or socket. Asked with big numbers: Node keeps the others
 * in a place that its search for modules reads, which takes a path with links for a real one after a look at a pipe, so
 * that a module that is imported next is loaded twice.
 */
function standardStream({ dev, ino }: { dev: bigint; ino: bigint }): 1 | 2 | undefined {
  const isSame = (descriptor: number) => {
    try {
      const open = nodeFilesSync().fstatSync(descriptor, { bigint: true });
      return open.dev === dev && open.ino === ino;
    } catch {
      return false; // closed
    }
  };
  return ([1, 2] as const).find(isSame);
}

/**
 * Looks at what stands under the path of an output, before anything is written.
 *
 * @returns a plain file, there or not yet, under the name that symbolic links lead to; or something to write through: a
 *   device, a pipe, a socket, or the file that standard output goes to already
 * @throws {FilesError} `ERR_IO` for a folder, a loop of links, and a file without any write bit (also for the
 *   superuser, whom the system would let through)
 */
export async function outputPlace(path: string): Promise<OutputPlace> {
  const found = await nodeFiles()
    .stat(path, { bigint: true })
    .catch((error) => {
      if (systemCode(error) === "ENOENT") return undefined;
      if (systemCode(error) !== "ELOOP") throw ioError("write", path, error);
      throw ioError("write", path, new Error("its symbolic links form a loop"));
    });
  if (!found) return { kind: "file", path: await linkTarget(path), descriptor: undefined };
  if (found.isDirectory()) throw ioError("write", path, new Error("it is a folder"));
  const descriptor = standardStream(found);
  if (!found.isFile()) return { kind: found.isSocket() ? "socket" : "stream", path, descriptor };
  if (descriptor !== undefined) return { kind: "stream", path, descriptor };
  if ((found.mode & 0o222n) === 0n)
    throw ioError("write", path, new Error("the file is read-only (it has no write bit)"));
  return { kind: "file", path: await linkTarget(path), descriptor };
}

/**
 * Writes an output where its path leads: a plain file appears whole or not at all, its folder made when missing; the
 * target of a symbolic link is replaced and the link kept; a device, a pipe or a socket is written through.
 *
 * @throws {FilesError} `ERR_IO` as {@link outputPlace}, and when the system refuses; whatever `content` throws
 */
export async function writeOutput(path: string, content: string | Chunks): Promise<void> {
  const place = await outputPlace(path);
  if (place.kind === "file") return saveText(place.path, content);
  const chunks = typeof content === "string" ? [content] : content;
  const fail = failing("write", path);
  if (place.descriptor !== undefined) return writeDescriptor(place.descriptor, chunks, fail);
  if (place.kind === "socket") return writeSocket(path, chunks, fail);
  const handle = await disk.open(path, nodeFilesSync().constants.O_WRONLY).catch(fail);
  try {
    for await (const chunk of chunks) await disk.write(handle, chunk).catch(fail);
  } finally {
    await disk.close(handle).catch(() => undefined);
  }
}

type Fail = (cause: unknown) => never;

/** A stream that is open already keeps its place in the file. */
async function writeDescriptor(descriptor: number, chunks: Chunks, fail: Fail): Promise<void> {
  for await (const chunk of chunks) {
    let rest = typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
    while (rest.length > 0)
      try {
        rest = rest.subarray(nodeFilesSync().writeSync(descriptor, rest));
      } catch (error) {
        if (systemCode(error) !== "EAGAIN") fail(error);
        await new Promise((resolve) => setTimeout(resolve, 5)); // the reader is slower
      }
  }
}

async function writeSocket(path: string, chunks: Chunks, fail: Fail): Promise<void> {
  const socket = nodeNet().connect(path);
  const ended = new Promise<void>((resolve, reject) => {
    socket.once("error", reject).once("close", () => resolve());
  });
  ended.catch(() => undefined); // seen below, also when `chunks` throws first
  try {
    for await (const chunk of chunks)
      await new Promise<void>((resolve) => socket.write(chunk, () => resolve()));
    socket.end();
    await ended.catch(fail);
  } finally {
    socket.destroy();
  }
}
