/** @file Runs every block of a README in an empty project that has what the README says to install, and nothing else. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { call } from "./workspace.mjs";

const execute = promisify(execFile);

/** Blocks that need a server, by a part of their text. */
const needsServer = { "bullmq(": "a Redis server", "@deepgrain/lab/bullmq": "a Redis server" };

/** Packages that a README says to install: in blocks of `sh`, and in the text. */
function installsOf(text) {
  const lines = [...text.matchAll(/(?:^|`)npm (?:i|install) ([^`#\n]+)/gm)].map(([, rest]) => rest);
  return lines.flatMap((line) => line.trim().split(/\s+/)).filter((word) => !word.startsWith("-"));
}

const importsOf = (code) =>
  [...code.matchAll(/(?:from|import) "(?!node:|\.)((?:@[\w.-]+\/)?[\w.-]+)[^"]*"/g)].map(
    ([, name]) => name,
  );

/** A block as plain JavaScript. */
function plain({ language, code }) {
  if (language === "js") return code;
  const compilerOptions = { target: "esnext", module: "esnext", verbatimModuleSyntax: true };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}

/** @returns what to install, and the blocks in order. @param folder of the package */
function readReadme(folder) {
  const text = readFileSync(join(folder, "README.md"), "utf8");
  const blocks = [...text.matchAll(/^```([jt]s)\n([\s\S]*?)^```$/gm)].map(
    ([, language, code], i) => {
      const file = /^\/\/ ([\w-]+)\.ts\n/.exec(code)?.[1] ?? `block-${i + 1}`;
      const [, server] = Object.entries(needsServer).find(([part]) => code.includes(part)) ?? [];
      return { language, code, file, server, imports: importsOf(code) };
    },
  );
  return { installs: [...new Set(installsOf(text))], blocks };
}

/** An empty project with what the README of a package says to install. @returns its folder */
export function readmeProject(release, { name, path }) {
  const { installs, blocks } = readReadme(path);
  const missing = blocks
    .flatMap(({ imports }) => imports)
    .filter((id) => !installs.some((each) => each.replace(/(.)@.*/, "$1") === id));
  if (missing.length > 0)
    throw new Error(
      `${name}: the README does not say to install ${[...new Set(missing)].join(", ")}`,
    );
  const project = release.createProject(name.replace("@deepgrain/", "readme-"));
  call(project, "npm", ["install", "--silent", ...installs], release.env);
  for (const [i, block] of blocks.entries()) {
    writeFileSync(join(project, `${block.file}.js`), plain(block));
    const before = blocks.slice(0, i + 1).map(plain);
    writeFileSync(join(project, `${block.file}.all.js`), joined(before));
  }
  return project;
}

/** Programs one after another as one: what is imported twice is imported once. */
function joined(programs) {
  const imports = new Map();
  const bodies = programs.map((code) =>
    code.replaceAll(/^import (?:(\w+)|\{([^}]*)\}) from ("[^"]+");?$/gm, (_, one, list, from) => {
      const names = imports.get(from) ?? imports.set(from, new Set()).get(from);
      for (const each of one ? [`default as ${one}`] : list.split(","))
        if (each.trim()) names.add(each.trim());
      return "";
    }),
  );
  const head = [...imports].map(
    ([from, names]) => `import { ${[...names].join(", ")} } from ${from};`,
  );
  return [...head, ...bodies].join("\n");
}

/** An endpoint that answers every prompt with two steps, for blocks that read LLM_URL. */
async function startEndpoint() {
  const text = "2 + 3 = 5\nThe answer is: 5";
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const { n = 1 } = JSON.parse(body || "{}");
    const choices = Array.from({ length: n }, (_, index) => ({
      index,
      text,
      message: { content: text },
      finish_reason: "stop",
    }));
    response.setHeader("content-type", "application/json").end(JSON.stringify({ choices }));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}/v1`, close: () => server.close() };
}

/**
 * Runs the blocks of a README.
 *
 * @param project as {@link readmeProject} made it
 * @param command a runtime and its flags, such as `["node"]`
 * @param most blocks that are run, from the first
 * @returns per block: its file, and whether it ran, was skipped for a reason, or failed with a text
 */
export async function runReadme(
  project,
  { path },
  command = [process.execPath],
  most = Number.POSITIVE_INFINITY,
) {
  const endpoint = await startEndpoint();
  const env = { ...process.env, LLM_URL: endpoint.url };
  const run = async (file) => {
    try {
      const [program, ...flags] = command;
      await execute(program, [...flags, file], { cwd: project, env, maxBuffer: 2 ** 26 });
      return undefined;
    } catch ({ stderr, message }) {
      return stderr || message;
    }
  };
  const results = [];
  try {
    for (const { file, server } of readReadme(path).blocks.slice(0, most)) {
      if (server) {
        results.push({ file, outcome: "skipped", reason: `needs ${server}` });
        continue;
      }
      let reason = await run(`${file}.js`);
      // A block that goes on with the names of earlier ones.
      if (
        /is not defined|Can't find variable/.test(reason ?? "") &&
        existsSync(join(project, `${file}.all.js`))
      )
        reason = await run(`${file}.all.js`);
      results.push(
        reason === undefined ? { file, outcome: "ran" } : { file, outcome: "failed", reason },
      );
    }
  } finally {
    endpoint.close();
  }
  return results;
}
