/** @file Work without a clock: how often the blocks of our programs ran, as V8 counts them. */
import { Session } from "node:inspector/promises";

/** Functions of one script, with how often each block ran. */
interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly {
    readonly ranges: readonly { startOffset: number; endOffset: number; count: number }[];
  }[];
}

/** The work of a call. */
export interface Work {
  /** Blocks that ran, each as often as it did. */
  readonly blocks: number;
  /** Places of blocks that ran at least once, by script. */
  readonly places: ReadonlySet<string>;
}

/** Scripts whose blocks count: everything but the programs that run tests, and Node's own. */
const counts = (url: string) =>
  !/^node:|\/node_modules\/(\.pnpm\/)?(vitest|@vitest|vite|tinypool|chai|fast-check|pure-rand|esbuild|rolldown)\b/.test(
    url,
  ) &&
  !/\/tooling\/doors\/src\//.test(url) &&
  url !== "";

/** Counts blocks from its start on. */
export interface BlockCounter {
  /** The work since the last reading. */
  take(options?: { places?: boolean | undefined }): Promise<Work>;
  stop(): Promise<void>;
}

/** Begins to count. @param isOurs which scripts count. Default: all but those that run tests */
export async function countBlocks(
  isOurs: (url: string) => boolean = counts,
): Promise<BlockCounter> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return {
    async take({ places: withPlaces = false } = {}) {
      const { result } = await session.post("Profiler.takePreciseCoverage");
      let blocks = 0;
      const places = new Set<string>();
      for (const { url, functions } of result as ScriptCoverage[]) {
        if (!isOurs(url)) continue;
        for (const { ranges } of functions)
          for (const { startOffset, endOffset, count } of ranges) {
            blocks += count;
            if (withPlaces && count > 0) places.add(`${url}:${startOffset}:${endOffset}`);
          }
      }
      return { blocks, places };
    },
    async stop() {
      await session.post("Profiler.stopPreciseCoverage");
      session.disconnect();
    },
  };
}
