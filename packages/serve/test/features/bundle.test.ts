import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";

it("is bundled for browsers by esbuild without settings, all optional peers installed", async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: 'export * from "@deepgrain/serve";',
      resolveDir: fileURLToPath(new URL("../../", import.meta.url)),
    },
    bundle: true,
    format: "esm",
    conditions: ["@deepgrain/source"],
    write: false,
    logLevel: "silent",
  });
  expect(outputFiles[0]!.text).toContain("createHandler");
});
