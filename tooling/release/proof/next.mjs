/** @file Next.js in the bundler matrix: one project with a client component per package, built and served without settings. */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../local-registry.mjs";
import { assertRow, compare, matrixInstalls, writePage } from "./bundlers.mjs";
import { once } from "./cells.mjs";
import { nextLayout, nextPage, samples } from "./samples.mjs";
import { run } from "./tools.mjs";

const next = ["next@16.4.6", "react@19", "react-dom@19"];
const env = { NEXT_TELEMETRY_DISABLED: "1" };
/** Times that a server is asked whether it is there, 0.2 seconds apart. */
const mostQuestions = 600;
const routeOf = ({ name }) => name.split("/").at(-1);

async function buildApp({ packages, projectWith }, withPeers) {
  const installs = [...matrixInstalls(packages, withPeers), ...next];
  const project = await projectWith(`next-${withPeers ? "peers" : "alone"}`, installs);
  const write = (route, file, text) => {
    mkdirSync(join(project, "app", route), { recursive: true });
    writeFileSync(join(project, "app", route, file), text);
  };
  write("", "layout.jsx", nextLayout);
  for (const one of packages.filter(({ name }) => samples[name])) {
    write(routeOf(one), "page.jsx", nextPage);
    write(routeOf(one), "sample.js", samples[one.name]);
  }
  await run(project, process.execPath, ["node_modules/next/dist/bin/next", "build"], env);
  return project;
}

/** Serves a built app. @returns its `url`, and `close` */
export async function serveNext(project) {
  const port = await freePort();
  const words = ["node_modules/next/dist/bin/next", "start", "-H", "127.0.0.1", "-p", `${port}`];
  const settings = { cwd: project, env: { ...process.env, ...env }, stdio: "ignore" };
  const child = spawn(process.execPath, words, settings);
  const url = `http://127.0.0.1:${port}`;
  const isUp = () =>
    fetch(url).then(
      () => true,
      () => false,
    );
  for (let asked = 0; !(await isUp()); asked++) {
    if (child.exitCode !== null || asked === mostQuestions) {
      child.kill();
      throw new Error("next start does not answer");
    }
    await pause(200);
  }
  return { url, close: () => child.kill() };
}

export const nextChecks = (context) =>
  [false, true].map((withPeers) => {
    const served = once(async () => {
      const project = await buildApp(context, withPeers);
      const { url, close } = await serveNext(project);
      context.onClose(close);
      return { project, url };
    });
    return {
      name: `next, ${withPeers ? "with optional peers" : "alone"}`,
      async of(one) {
        assertRow(one);
        const { project, url } = await served();
        return compare(context.browser, `${url}/${routeOf(one)}`, writePage(project, one, "next"));
      },
    };
  });
