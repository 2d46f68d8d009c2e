/** Bytes of a page of WebAssembly. */
const PAGE = 2 ** 16;
/** Pages with which the engine starts, and the most that it can have. */
const START = 256;
const MOST = 2 ** 15;

/** Pages by which memory grows at least: 1 MiB. */
const STRIDE = 16;

/** Watches a program's memory. */
export interface MemoryWatch {
  /** Called before memory grows. @param bytes by which it grows */
  grows(bytes: number): void;
  /** Called when the program asks for more than its limit, and whenever it asks again; what it throws ends the program. */
  refuses(): void;
}

/** The engine's import that asks for memory. @param bytes of the whole memory, read without a sign */
export type Ask = (bytes: number) => boolean;

/**
 * Memory of one engine for one program. The engine begins with 16 MiB, uses little of it, and asks for more only when that is
 * used up. So what is left of it is taken away before the program runs: everything that the program needs is asked for, and
 * counted, and refused above its limit.
 *
 * @param limitBytes what the program may ask for, in whole pages
 */
export function programMemory(limitBytes: number) {
  const maximum = Math.min(MOST, START + Math.ceil(limitBytes / PAGE));
  const memory = new WebAssembly.Memory({ initial: START, maximum });
  const grow = memory.grow.bind(memory);
  let watch: MemoryWatch | undefined;
  let wanted = 0; // pages of the whole memory
  let wasAsked = false;

  // The engine asks for a fifth more than it needs, and then for less. It gets what it needs, or as much as a stride.
  memory.grow = (pages) => {
    const now = memory.buffer.byteLength / PAGE;
    const granted = Math.min(pages, Math.max(wanted - now, STRIDE), maximum - now);
    if (watch === undefined || now + granted < wanted) throw new RangeError("memory: at its limit");
    watch.grows(granted * PAGE);
    return grow(granted);
  };

  return {
    memory,
    /** The engine's import, watched. */
    watched:
      (ask: Ask): Ask =>
      (bytes) => {
        wasAsked = true;
        wanted = Math.ceil((bytes >>> 0) / PAGE);
        const isGranted = ask(bytes);
        if (!isGranted) watch?.refuses();
        return isGranted;
      },
    /**
     * Takes what is free and begins to watch. @param allocate the engine's `malloc`
     * @throws {Error} if the engine does not ask for memory as the known version does
     */
    begin(allocate: (bytes: number) => number, watcher: MemoryWatch): void {
      for (let bytes = (START * PAGE) / 2; bytes >= PAGE / 16; bytes /= 2)
        while (allocate(bytes) !== 0);
      if (!wasAsked) throw new Error("the engine asks for no memory: it is another version");
      watch = watcher;
    },
  };
}
