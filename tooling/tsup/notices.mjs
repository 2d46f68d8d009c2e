/** @file An esbuild plugin: `NOTICE.md` beside a bundle, with the licence of every package whose code it has. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The folder of a package of others that a source belongs to; undefined for one of ours. */
const packageOf = (source) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(source)?.[0];

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined)
    throw new Error(`${name} ${version} has no licence to bundle (${license})`);
  return `## ${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}

export const notices = {
  name: "notices",
  setup(build) {
    build.onEnd(({ outputFiles = [] }) => {
      const maps = outputFiles.filter(({ path }) => path.endsWith(".map"));
      const sources = maps.flatMap(({ path, text }) =>
        JSON.parse(text).sources.map((source) => packageOf(resolve(dirname(path), source))),
      );
      const folders = [...new Set(sources)].filter((folder) => folder && existsSync(folder));
      if (folders.length === 0) return;
      const { outdir } = build.initialOptions;
      mkdirSync(outdir, { recursive: true });
      const parts = [
        "# Notices\n\nThis package has code of these.\n",
        ...folders.sort().map(notice),
      ];
      writeFileSync(join(outdir, "NOTICE.md"), parts.join("\n"));
    });
  },
};
