import { library } from "@deepgrain/tsup";

/** Folders that become modules of their own, so that a bundle which names nothing of them can leave them out. */
const MODULES = ["blas", "files", "inference", "js", "nn", "optim"];

/** Imports of these folders by the files beside them stay imports, of the built modules. */
const modules = {
  name: "modules",
  setup(build: {
    onResolve(
      options: { filter: RegExp },
      resolve: (args: { importer: string }) => { path: string; external: true } | undefined,
    ): void;
  }) {
    for (const name of MODULES)
      build.onResolve({ filter: new RegExp(`^\\./${name}$`) }, ({ importer }) =>
        /src\/[^/]+$/.test(importer) ? { path: `./${name}.js`, external: true } : undefined,
      );
  },
};

export default library({
  entry: {
    index: "src/index.ts",
    browser: "src/browser.ts",
    ...Object.fromEntries(MODULES.map((name) => [name, `src/${name}/index.ts`])),
  },
  esbuildPlugins: [modules],
  dtsEntry: "src/index.ts",
});
