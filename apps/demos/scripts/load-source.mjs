import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const conditions = ["@deepgrain/source", "module", "node", "development|production"];

/**
 * Runs work with a TypeScript module of this workspace in Node; workspace packages are read from their sources.
 * @param path such as `/src/site/render-site.ts`
 */
export async function withSource(path, work) {
  const server = await createServer({
    root: fileURLToPath(new URL("..", import.meta.url)),
    configFile: false,
    logLevel: "error",
    appType: "custom",
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    ssr: { noExternal: [/^@deepgrain\//], resolve: { conditions } },
  });
  try {
    return await work(await server.ssrLoadModule(path));
  } finally {
    await server.close();
  }
}
