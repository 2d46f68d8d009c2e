import { join, relative } from "node:path";
import { library } from "@deepgrain/tsup";

/**
 * Sources that become modules of their own, by name. A bundle which names nothing of them can leave them out, which it cannot
 * with objects made of their exports, such as `nn`.
 */
const MODULES: Record<string, string> = {
  api: "src/api.ts",
  core: "src/wasm/generated/core.ts",
  ...Object.fromEntries(
    ["blas", "files", "inference", "js", "nn", "optim"].map((name) => [
      name,
      `src/${name}/index.ts`,
    ]),
  ),
};

interface Resolved {
  path: string;
  external?: boolean;
  suffix?: string;
}

interface Build {
  onResolve(
    options: { filter: RegExp },
    resolve: (args: { path: string; resolveDir: string; importer: string }) => Resolved | undefined,
  ): void;
}

/** Imports of these sources stay imports, of the built modules. */
const modules = {
  name: "modules",
  setup(build: Build) {
    build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const target = relative(process.cwd(), join(resolveDir, path));
      const found = Object.entries(MODULES).find(([, source]) =>
        [`${target}.ts`, `${target}/index.ts`].includes(source),
      );
      return found && { path: `./${found[0]}.js`, external: true };
    });
  },
};

/**
 * Threads and the WebGPU backend, which are loaded later, get copies of their own of modules without state. Shared with the
 * rest, these would be a further file to load in every bundle.
 */
const copies = {
  name: "copies",
  setup(build: Build) {
    const later =
      /\/wasm\/(thread-pool|helpers|helper-source|await-idle)\.ts$|\/src\/webgpu\/(?!index\.|tune-web-gpu).*\.ts$/;
    const stateless = /^\.\.?\/(.*\/)?(host|layout|strides|convert|bind-to)$/;
    build.onResolve({ filter: stateless }, (given) => {
      const { path, resolveDir, importer } = given;
      if (!later.test(importer)) return undefined;
      return { path: `${join(resolveDir, path)}.ts`, suffix: "?later" };
    });
  },
};

/** The files for bundlers, in a folder of their own. */
const IN_BROWSER = Object.fromEntries(
  Object.entries({ index: "src/browser.ts", ...MODULES }).map(([name, source]) => [
    `browser/${name}`,
    source,
  ]),
);

export default [
  library({ clean: ["!browser/**"] }),
  // The same once more, for bundlers: in modules that can be left out, where runtimes start faster from one file.
  library({
    entry: IN_BROWSER,
    clean: ["!*.*"],
    dts: false,
    esbuildPlugins: [copies, modules],
    esbuildOptions(options: { chunkNames?: string }) {
      options.chunkNames = "browser/[name]-[hash]";
    },
  }),
];
