// Vitest projects for a package some of whose tests run inside a page of Chromium.
import { playwright } from "@vitest/browser-playwright";
import { chromium, sayIfChromiumIsMissing, softwareWebGl } from "./chromium.mjs";
import { config, everywhere, inNode, nodeProjects } from "./config.mjs";

/** Headers by the kind of page. An isolated one is cross-origin isolated: only then may its threads share memory. */
const headers = {
  plain: {},
  isolated: {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  },
};

/** Tests that run inside a page. `preloaded`: an import at the first use would make the page load again amid its tests. */
const inChromium = (folder, page, preloaded) => ({
  extends: true,
  resolve: { conditions: ["@deepgrain/source", "module", "browser", "development|production"] },
  optimizeDeps: { include: preloaded },
  server: { headers: headers[page] },
  test: {
    name: `chromium, ${page} page`,
    include: [`${folder}/${page}/*.test.ts`],
    isolate: true,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      connectTimeout: 300_000,
      provider: playwright({ launchOptions: { executablePath: chromium, args: softwareWebGl } }),
      instances: [{ browser: "chromium" }],
    },
  },
});

/**
 * The configuration of a package whose tests in `folder/plain` and `folder/isolated` run inside such pages, the others in
 * Node. Without Chromium only the latter run; `describeChromium` names what is left out.
 *
 * @param {{ folder: string, pages: readonly (keyof typeof headers)[], preloaded: readonly string[], isolated?: readonly string[] }} options
 *   `preloaded` are packages that the tests import late; `isolated` as of `configWithIsolated`
 */
export function configWithPages({ folder, pages, preloaded, isolated = [] }) {
  sayIfChromiumIsMissing();
  const node = nodeProjects(
    isolated,
    pages.map((page) => `${folder}/${page}/**`),
  ).map((project) => ({ ...project, test: { ...project.test, setupFiles: inNode } }));
  const browsers = chromium ? pages.map((page) => inChromium(folder, page, preloaded)) : [];
  const shared = { ...config.test, include: [], setupFiles: everywhere };
  return { ...config, test: { ...shared, projects: [...node, ...browsers] } };
}
