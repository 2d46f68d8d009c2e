/** @file A directory handle in memory, as browsers' File System API has it, that counts its calls and can end at any of them. */

/** State that the handles of one file system share. */
interface Disk {
  calls: number;
  /** The call that is never done, as if the tab was closed then; 0 for none. */
  endsAt: number;
}

type Entry = MemoryFile | MemoryFolder;

const notFound = (name: string) => new DOMException(`${name} does not exist`, "NotFoundError");

/** Thrown by the call at which the tab is closed, and by all that follow. */
export class Closed extends Error {}

async function call(disk: Disk): Promise<void> {
  disk.calls++;
  if (disk.endsAt > 0 && disk.calls >= disk.endsAt) throw new Closed("the tab was closed");
}

class MemoryFile {
  readonly kind = "file";
  content = new Blob([]);

  constructor(
    readonly name: string,
    private readonly disk: Disk,
  ) {}

  async getFile(): Promise<Blob> {
    await call(this.disk);
    return this.content;
  }

  async createWritable() {
    await call(this.disk);
    const parts: (Blob | Uint8Array<ArrayBuffer>)[] = [];
    return {
      write: async (data: Blob | Uint8Array<ArrayBuffer>) => {
        await call(this.disk);
        parts.push(data);
      },
      close: async () => {
        await call(this.disk);
        this.content = new Blob(parts);
      },
    };
  }
}

/** A folder in memory; `disk` is shared by the folders in it. */
export class MemoryFolder {
  readonly kind = "directory";
  private readonly inside = new Map<string, Entry>();

  constructor(
    readonly name = "",
    readonly disk: Disk = { calls: 0, endsAt: 0 },
  ) {}

  async getFileHandle(name: string, { create = false } = {}): Promise<MemoryFile> {
    await call(this.disk);
    const found = this.inside.get(name);
    if (found instanceof MemoryFile) return found;
    if (found) throw new DOMException(`${name} is a folder`, "TypeMismatchError");
    if (!create) throw notFound(name);
    const made = new MemoryFile(name, this.disk);
    this.inside.set(name, made);
    return made;
  }

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<MemoryFolder> {
    await call(this.disk);
    const found = this.inside.get(name);
    if (found instanceof MemoryFolder) return found;
    if (found) throw new DOMException(`${name} is a file`, "TypeMismatchError");
    if (!create) throw notFound(name);
    const made = new MemoryFolder(name, this.disk);
    this.inside.set(name, made);
    return made;
  }

  async removeEntry(name: string, _options: { recursive?: boolean } = {}): Promise<void> {
    await call(this.disk);
    if (!this.inside.delete(name)) throw notFound(name);
  }

  async *entries(): AsyncIterableIterator<[string, Entry]> {
    await call(this.disk);
    yield* [...this.inside];
  }

  /** Names of all files, those in folders with slashes. */
  get names(): string[] {
    return [...this.inside].flatMap(([name, entry]) =>
      entry instanceof MemoryFile ? [name] : entry.names.map((below) => `${name}/${below}`),
    );
  }
}
