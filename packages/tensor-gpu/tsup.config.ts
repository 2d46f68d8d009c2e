import { library } from "@deepgrain/tsup";

/** Folders that become modules of their own, so that a bundle which names nothing of them can leave them out. */
const MODULES = ["inference", "js", "nn", "optim"];

interface Build {
  onResolve(
    options: { filter: RegExp },
    resolve: (args: { importer: string }) => { path: string; external: true } | undefined,
  ): void;
}

/** Imports of these folders by the files beside them stay imports, of the built modules. */
const modules = {
  name: "modules",
  setup(build: Build) {
    for (const name of MODULES)
      build.onResolve({ filter: new RegExp(`^\\./${name}$`) }, ({ importer }) =>
        /src\/[^/]+$/.test(importer) ? { path: `./${name}.js`, external: true } : undefined,
      );
  },
};

/** The sources are published too, so maps need not repeat them. */
const esbuildOptions = (options: { sourcesContent?: boolean }) => {
  options.sourcesContent = false;
};

export default [
  library({ esbuildOptions, clean: ["!browser/**"] }),
  // The same once more, for bundlers: in modules that can be left out, where runtimes start faster from one file.
  library({
    esbuildOptions,
    entry: {
      index: "src/browser.ts",
      ...Object.fromEntries(MODULES.map((name) => [name, `src/${name}/index.ts`])),
    },
    outDir: "dist/browser",
    esbuildPlugins: [modules],
    dts: false,
  }),
];
