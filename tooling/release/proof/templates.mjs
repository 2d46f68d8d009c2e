/** @file Templates of `create-deepgrain`: each is made by `npm create` from the registry, typed, built, and run. */
import { cpSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NotAvailable } from "./cells.mjs";
import { serveFolder } from "./chromium.mjs";
import { serveNext } from "./next.mjs";
import { run } from "./tools.mjs";

const creator = "create-deepgrain";
const fitted = /^y = 3\.00 x \+ -1\.00$/;
const trained = /^loss 0\.00\d+ after 300 steps$/;
const separated = /^(?:19[1-9]|200) of 200 points are right$/m;

/** Checks of programs as strict as JavaScript without annotations can take them. */
const strictly = [
  ...["--ignoreConfig", "--noEmit", "--allowJs", "--checkJs", "--strict", "--noImplicitAny"],
  ...["false", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"],
  ...["--lib", "es2022,esnext.disposable,dom,dom.iterable"],
];

const build = (project, env) => run(project, "npm", ["run", "build", "--silent"], env);

/** Writes a GGUF file with random weights, and prints what its model answers. */
const ggufProgram = `
import { CausalLM, chat, createTokenizer, deepseekChatTemplate, loadModel, loadTokenizer, parseConfig, saveGguf, trainBpe } from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";

manualSeed(1);
const tokenizer = await trainBpe(["a river"], { vocabSize: 258, specialTokens: ["<s>", "</s>"] });
const config = { bos_token: "<s>", eos_token: "</s>", chat_template: deepseekChatTemplate };
const sizes = { vocab_size: 258, hidden_size: 32, intermediate_size: 64, num_hidden_layers: 2, num_attention_heads: 2 };
const ids = { max_position_embeddings: 512, bos_token_id: 0, eos_token_id: 1 };
const model = new CausalLM(parseConfig({ model_type: "llama", ...sizes, ...ids }));
await saveGguf("tiny.gguf", model, await createTokenizer({ tokenizer, config }));

let answer = "";
const messages = [{ role: "user", content: "Name a river." }];
const read = await loadModel("tiny.gguf", { dtype: "auto" });
for await (const { text } of chat(read, await loadTokenizer("tiny.gguf"), messages)) answer += text;
process.stdout.write(answer);
`;

/** Opens the file in the page and asks. @returns the answer */
async function askInPage(page, file) {
  const isReady = page.locator("output", { hasText: /^Ready$/ });
  await page.setInputFiles("input[type=file]", file);
  await isReady.waitFor();
  await page.fill("input[name=question]", "Name a river.");
  await page.click("button[type=submit]");
  await page.locator("li.assistant").waitFor();
  await isReady.waitFor();
  return page.locator("li.assistant").textContent();
}

/** What each template does: it throws, or waits for ever, where that does not come. */
const uses = {
  async node(project) {
    const said = await run(project, "npm", ["start", "--silent"]);
    if (!separated.test(said)) throw new Error(`npm start said ${said}`);
  },
  async vite(project, context) {
    await build(project);
    await pageSays(join(project, "dist"), fitted, context);
  },
  worker: (project, context) => pageSays(project, trained, context),
  page: (project, context) => pageSays(project, fitted, context),
  async next(project, { browser }) {
    await build(project, { NEXT_TELEMETRY_DISABLED: "1" }); // which checks its types
    const { url, close } = await serveNext(project);
    try {
      await browser.at(url, (page) => output(page, fitted));
    } finally {
      close();
    }
  },
  async gguf(project, { browser }) {
    await build(project);
    writeFileSync(join(project, "make-gguf.mjs"), ggufProgram);
    const inNode = await run(project, process.execPath, ["make-gguf.mjs"]);
    const server = await serveFolder(join(project, "dist"));
    try {
      const ask = (page) => askInPage(page, join(project, "tiny.gguf"));
      const inPage = await browser.at(`${server.url}/index.html`, ask);
      if (inPage === "" || inPage !== inNode)
        throw new Error(`the page answers ${JSON.stringify(inPage)}, Node ${inNode}`);
    } finally {
      server.close();
    }
  },
};

const output = (page, wanted) => page.locator("output", { hasText: wanted }).waitFor();

async function pageSays(folder, wanted, { browser }) {
  const server = await serveFolder(folder);
  try {
    await browser.at(`${server.url}/index.html`, (page) => output(page, wanted));
  } finally {
    server.close();
  }
}

/** A project of a template, installed, its programs checked. @returns its folder */
async function make(template, { release, tools }) {
  const parent = release.createProject(`template-${template}`);
  const words = ["--yes", "--cache", ".npm-cache", `deepgrain@latest`, template, "app"];
  await run(parent, "npm", ["create", ...words], release.env);
  const project = join(parent, "app");
  cpSync(join(parent, ".npmrc"), join(project, ".npmrc"));
  await run(project, "npm", ["install", "--silent"], release.env);
  const programs = readdirSync(project).filter((name) => /\.[jt]s$/.test(name));
  if (programs.length > 0) {
    const [node, ...compiler] = await tools.program("TypeScript 7.0.2");
    await run(project, node, [...compiler, ...strictly, ...programs]);
  }
  return project;
}

/** A check per template. */
export const templateChecks = (context) =>
  Object.keys(uses).map((template) => ({
    name: `template ${template}`,
    async of({ name }) {
      if (name !== creator) throw new NotAvailable("makes no projects");
      await uses[template](await make(template, context), context);
    },
  }));
