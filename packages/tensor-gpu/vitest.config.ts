import { config } from "@deepgrain/vitest";
import { chromium, sayIfChromiumIsMissing } from "@deepgrain/vitest/chromium";
import { playwright } from "@vitest/browser-playwright";
import type { TestProjectInlineConfiguration } from "vitest/config";

sayIfChromiumIsMissing();

/** WebGL 2 and WebGPU without a graphics card: SwiftShader draws on the processor. */
const softwareWebGl = [
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--ignore-gpu-blocklist",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];

/** With these headers a page is cross-origin isolated; only then may its threads share memory. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Everything but the tests that themselves run inside a browser. */
const node: TestProjectInlineConfiguration = {
  extends: true,
  test: {
    name: "node",
    include: config.test!.include!,
    exclude: ["test/browser/conformance/**"],
    provide: { chromium, softwareWebGl },
  },
};

/** Tests that run inside a page of Chromium, served with the given headers. */
const inChromium = (folder: string, headers = {}): TestProjectInlineConfiguration => ({
  extends: true,
  resolve: { conditions: ["@deepgrain/source", "module", "browser", "development|production"] },
  // Found beforehand: an import at the first use would make the page load again amid its tests.
  optimizeDeps: { include: ["gpu.js"] },
  server: { headers },
  test: {
    name: `chromium, ${folder} page`,
    include: [`test/browser/conformance/${folder}/*.test.ts`],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      connectTimeout: 300_000,
      provider: playwright({
        launchOptions: { executablePath: chromium!, args: softwareWebGl },
      }),
      instances: [{ browser: "chromium" }],
    },
  },
});

const browsers = chromium ? [inChromium("isolated", isolation), inChromium("plain")] : [];

export default {
  ...config,
  test: { ...config.test, include: [], projects: [node, ...browsers] },
};
