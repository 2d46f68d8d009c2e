import { changingFiles, changingFilesSync } from "./node-modules";

/** A file that is open for writing. */
export type OpenFile = import("node:fs/promises").FileHandle;

/** `wx` makes a file, `a` appends and makes a missing one, `a+` reads too; a number is Node's. */
type OpenFlags = "wx" | "a" | "a+" | number;

/**
 * The operations that change files. Whatever our packages and commands write at a path, they write through this table
 * alone, so that a test can count these operations and let any of them fail (`failingDisk` of `@deepgrain/vitest`).
 */
export const disk = {
  open: async (path: string, flags: OpenFlags, mode?: number): Promise<OpenFile> =>
    changingFiles().open(path, flags, mode),
  /** Writes all of the content where the file stands. */
  write: async (file: OpenFile, content: string | Uint8Array): Promise<void> =>
    file.appendFile(content),
  /** Cuts a file off. */
  truncate: async (file: OpenFile, sizeBytes: number): Promise<void> => file.truncate(sizeBytes),
  /** Forces a file's content, or a folder's names, to the disk. */
  sync: async (file: OpenFile): Promise<void> => file.sync(),
  close: async (file: OpenFile): Promise<void> => file.close(),
  /** Makes one folder; those above it are there. */
  mkdir: async (path: string): Promise<void> => {
    await changingFiles().mkdir(path);
  },
  /** Makes a folder of a name that nobody has, which begins as given. @returns its path */
  mkdtemp: async (start: string): Promise<string> => changingFiles().mkdtemp(start),
  rename: async (from: string, to: string): Promise<void> => changingFiles().rename(from, to),
  /** Makes a file at once, in this turn of the event loop. */
  writeNow(path: string, text: string): void {
    changingFilesSync().writeFileSync(path, text, { flag: "wx" });
  },
  /** Renames at once, in this turn of the event loop. */
  renameNow(from: string, to: string): void {
    changingFilesSync().renameSync(from, to);
  },
  /** Deletes a file; one that is missing is not an error. */
  rm: async (path: string): Promise<void> => changingFiles().rm(path, { force: true }),
  /** Deletes a folder with all in it, or a file; what is missing is not an error. */
  rmTree: async (path: string): Promise<void> =>
    changingFiles().rm(path, { recursive: true, force: true }),
  /** Deletes a folder in which there is nothing. */
  rmdir: async (path: string): Promise<void> => changingFiles().rmdir(path),
  /** Gives a file a second name, unless something has it. */
  link: async (path: string, name: string): Promise<void> => changingFiles().link(path, name),
  symlink: async (target: string, path: string): Promise<void> =>
    changingFiles().symlink(target, path),
};

/** The table's form, which a test double shares. */
export type Disk = typeof disk;
