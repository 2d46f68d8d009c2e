/** @file What the surrounding runtime offers, found without importing anything from it. */

interface Builtins {
  getBuiltinModule?: ((id: string) => unknown) | undefined;
  versions?: { node?: string | undefined } | undefined;
  platform?: string | undefined;
  env?: Record<string, string | undefined>;
}

const process = (globalThis as { process?: Builtins | undefined }).process;

/** A module of Node, or undefined elsewhere. */
export function nodeModule<T>(id: string): T | undefined {
  return process?.getBuiltinModule?.(id) as T | undefined;
}

/** Node's major version, 0 outside Node. */
export function nodeMajor(): number {
  return Number.parseInt(process?.versions?.node ?? "0", 10);
}

/** The operating system as Node names it, "" elsewhere. */
export function platformName(): string {
  return process?.platform ?? "";
}

/** A variable of the environment; undefined where it is not set or empty, and outside Node. */
export function environmentVariable(name: string): string | undefined {
  return process?.env?.[name] || undefined;
}

/** Processors that may be used at once. */
export function coreCount(): number {
  const os = nodeModule<{ availableParallelism?: () => number }>("node:os");
  const navigator = (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator;
  return os?.availableParallelism?.() ?? navigator?.hardwareConcurrency ?? 1;
}

/** Whether memory can be shared with other threads here (browsers: in cross-origin isolated pages only). */
export function canShareMemory(): boolean {
  return typeof SharedArrayBuffer !== "undefined";
}

/** Whether this thread may sleep in `Atomics.wait`; a browser's main thread may not. */
export function canSleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

export function bytesFromBase64(base64: string): Uint8Array {
  const { atob } = globalThis as unknown as { atob(text: string): string };
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** `setTimeout`, whose type the language's own library lacks. */
export function later(run: () => void, delayMs: number): void {
  (globalThis as unknown as { setTimeout(run: () => void, delayMs: number): void }).setTimeout(
    run,
    delayMs,
  );
}
