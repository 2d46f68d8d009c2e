import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin, UserConfig } from "vite";
import { withSource } from "./scripts/load-source.mjs";
import { shareFiles } from "./scripts/share-files";
import { workerEntries } from "./scripts/worker-entries";
import type { RenderedSite } from "./src/site/render-site";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const CSS = "virtual:pages.css";

/** Draws the pages into their HTML files, and gives them the reports' style. */
function site(): Plugin {
  let rendered: Promise<RenderedSite> | undefined;
  const render = (): Promise<RenderedSite> => {
    const draw = ({ renderSite }: typeof import("./src/site/render-site")) => renderSite();
    rendered ??= withSource("/src/site/render-site.tsx", draw);
    return rendered;
  };
  let isBuild = false;
  return {
    name: "deepgrain-site",
    configResolved({ command }) {
      isBuild = command === "build";
    },
    resolveId: (id) => (id === CSS ? `\0${CSS}` : undefined),
    async load(id) {
      if (id !== `\0${CSS}`) return undefined;
      return (await render()).css;
    },
    transformIndexHtml: {
      order: "pre",
      async handler(html, { path }) {
        const { pages } = await render();
        const {
          title,
          meta: tags,
          policy,
          body,
        } = pages[basename(path, ".html") as keyof typeof pages];
        const meta = isBuild
          ? `<meta http-equiv="Content-Security-Policy" content="${policy}">`
          : "";
        return html
          .replace("<!-- policy -->", () => meta)
          .replace("<!-- title -->", () => `<title>${title}</title>\n    ${tags}`)
          .replace("<!-- body -->", () => body);
      },
    },
    async generateBundle() {
      for (const [fileName, source] of shareFiles((await render()).figures))
        this.emitFile({ type: "asset", fileName, source });
    },
  };
}

/** Leaves out files that no page asks for: those of packages whose code a bundle drops again. */
function onlyUsed(): Plugin {
  return {
    name: "deepgrain-only-used",
    enforce: "post",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const files = Object.values(bundle);
        const text = (file: (typeof files)[number]) =>
          file.type === "chunk"
            ? file.code
            : /\.(html|css|js)$/.test(file.fileName)
              ? String(file.source)
              : "";
        const said = files.map(text).join("\n");
        for (const { fileName } of files)
          if (fileName.endsWith(".safetensors") && !said.includes(basename(fileName)))
            delete bundle[fileName];
      },
    },
  };
}

const threads = workerEntries();

/** Headers that hosts send with every file, which the preview sends too. */
function sentHeaders(): Record<string, string> {
  const [, rules = ""] = readFileSync(here("public/_headers"), "utf8").split(/^\/\*$/m);
  const lines = rules
    .trimEnd()
    .split(/\n(?! )/)[0]!
    .matchAll(/^\s+([\w-]+):\s*(.+)$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
}

export default {
  base: "./",
  resolve: {
    conditions: ["@deepgrain/source", "module", "browser", "development|production"],
    alias: [
      // Bundles for browsers hold only the backends that they name.
      {
        find: /^@deepgrain\/tensor-gpu$/,
        replacement: here("../../packages/tensor-gpu/src/browser.ts"),
      },
    ],
  },
  plugins: [site(), ...threads.plugins, onlyUsed()],
  worker: { format: "es" },
  preview: { headers: sentHeaders() },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_, files, { hostId }) => (threads.has(hostId) ? [] : files),
    },
    rollupOptions: {
      input: readdirSync(here("."))
        .filter((name) => name.endsWith(".html"))
        .map((name) => here(name)),
      output: {
        // Programs that the pages show read them by their names.
        assetFileNames: ({ originalFileNames: [from = ""] }) =>
          /^recorded\//.test(from) ? "recorded/[name][extname]" : "assets/[name]-[hash][extname]",
      },
    },
  },
} satisfies UserConfig;
