import { basename, dirname } from "node:path";
import type { Plugin } from "vite";

const WORKER = /new URL\("(\.\/[\w-]+\.ts)", import\.meta\.url\)/;

/** The bundle's threads. */
export interface WorkerEntries {
  plugins: Plugin[];
  /** Whether a thread may load this file of the bundle, where there is no document. */
  has(fileName: string): boolean;
}

/** Makes each module that a page starts as a thread an entry of the bundle, and lists the files that these load. */
function entries(files: Set<string>): Plugin {
  const names = new Set<string>();
  return {
    name: "deepgrain-worker-entries",
    apply: "build",
    enforce: "pre",
    transform: {
      filter: { code: "new Worker(", id: /\/apps\/demos\/src\// },
      async handler(code, importer) {
        const [url, module] = WORKER.exec(code) ?? [];
        if (!url) return undefined;
        const { id } = (await this.resolve(module!, importer))!;
        // The bundler tells emitted entries apart by their names.
        const name = `worker-${basename(dirname(id))}`;
        names.add(name);
        const entry = this.emitFile({ type: "chunk", id, name });
        return { code: code.replace(url, () => `import.meta.ROLLUP_FILE_URL_${entry}`), map: null };
      },
    },
    generateBundle: {
      order: "pre",
      handler(_, bundle) {
        const add = (fileName: string) => {
          const chunk = bundle[fileName];
          if (files.has(fileName) || chunk?.type !== "chunk") return;
          files.add(fileName);
          for (const next of [...chunk.imports, ...chunk.dynamicImports]) add(next);
        };
        for (const chunk of Object.values(bundle))
          if (chunk.type === "chunk" && chunk.isEntry && names.has(chunk.name)) add(chunk.fileName);
      },
    },
  };
}

/** Lets Vite's helper around dynamic imports say a failed one where there is no window. */
function helperOfThreads(): Plugin {
  return {
    name: "deepgrain-worker-imports",
    apply: "build",
    transform: {
      filter: { id: /vite\/preload-helper\.js$/ },
      handler: (code) => ({ code: code.replace("window.", "globalThis."), map: null }),
    },
  };
}

/**
 * Builds the threads of pages in the pages' own graph: the module of `new Worker(new URL("./worker.ts", import.meta.url), …)` is an
 * entry beside them, so that all share their parts. (Vite bundles each worker by itself, with an engine of its own.)
 */
export function workerEntries(): WorkerEntries {
  const files = new Set<string>();
  return {
    plugins: [entries(files), helperOfThreads()],
    has: (fileName) => files.has(fileName),
  };
}
