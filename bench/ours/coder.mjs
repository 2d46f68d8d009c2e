// node coder.mjs [rounds]: on one thread by processor time, the best of interleaved rounds: programs per second in a fresh instance
// of QuickJS, in a fresh context and through the sandbox; a token at 2,048 positions by absorbed and by naive latent attention; a step
// of GRPO in its parts. Prints one line of JSON.
import { grpo, sampleAnswers } from "@deepgrain/align";
import { createSandbox } from "@deepgrain/coder/sandbox";
import { CausalLM, generate, parseConfig } from "@deepgrain/lm";
import { createWasmBackend, Generator, setBackend } from "@deepgrain/tensor-gpu";
import variant from "@jitl/quickjs-wasmfile-release-sync";
import { newQuickJSWASMModuleFromVariant, newVariant } from "quickjs-emscripten-core";

const rounds = Number(process.argv[2] ?? 3);
const backend = setBackend(createWasmBackend({ threads: 1 }));

const processorSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** The least time of each way, after a round that warms up. */
async function fastest(ways) {
  const best = Object.fromEntries(
    Object.keys(ways).map((name) => [name, Number.POSITIVE_INFINITY]),
  );
  for (let round = -1; round < rounds; round++)
    for (const [name, run] of Object.entries(ways)) {
      const from = processorSeconds();
      const own = await run();
      const seconds = own ?? processorSeconds() - from;
      if (round >= 0) best[name] = Math.min(best[name], seconds);
    }
  return best;
}

const programs = Array.from(
  { length: 64 },
  (_, i) => `const solve = (list) => list.filter((x) => x > ${i}).map((x) => x * x);`,
);
const cases = [[], [3, -7, 12, 5, -2], [10, 9, 1, 8, 2, 15], [-5, -3, -1]].map((list) => ({
  call: "solve",
  arguments: [list],
}));
const tests = cases.map((one) => ({ ...one, equals: [] }));
const scriptOf = (program) =>
  `${program}\n${cases.map((one) => `solve(${JSON.stringify(one.arguments[0])})`).join(";")}`;

const wasmModule = new WebAssembly.Module(await quickjsBytes());
const own = newVariant(variant, { wasmModule });
const shared = await newQuickJSWASMModuleFromVariant(own);
const sandbox = createSandbox();

/** The bytes of QuickJS, as its package finds them. */
async function quickjsBytes() {
  const { readFile } = await import("node:fs/promises");
  const folder = new URL(".", import.meta.resolve("@jitl/quickjs-wasmfile-release-sync"));
  return readFile(new URL("emscripten-module.wasm", folder));
}

const run = (context, program) => {
  const result = context.evalCode(scriptOf(program));
  (result.error ?? result.value).dispose();
};
const perProgram = await fastest({
  async instance() {
    for (const program of programs) {
      const quickjs = await newQuickJSWASMModuleFromVariant(own);
      run(quickjs.newRuntime().newContext(), program);
    }
  },
  async context() {
    for (const program of programs) {
      const context = shared.newContext();
      run(context, program);
      context.dispose();
    }
  },
  async sandbox() {
    for (const code of programs) await sandbox.test({ language: "JavaScript", code }, tests);
  },
});

const latent = new CausalLM(
  parseConfig({
    model_type: "deepseek_v2",
    vocab_size: 1024,
    hidden_size: 256,
    intermediate_size: 512,
    moe_intermediate_size: 128,
    num_hidden_layers: 4,
    num_attention_heads: 8,
    n_shared_experts: 1,
    n_routed_experts: 8,
    num_experts_per_tok: 2,
    first_k_dense_replace: 1,
    q_lora_rank: null,
    kv_lora_rank: 128,
    qk_nope_head_dim: 32,
    qk_rope_head_dim: 16,
    v_head_dim: 32,
    max_position_embeddings: 4096,
    eos_token_id: null,
  }),
  { generator: new Generator(7) },
);
const prompt = Array.from({ length: 2048 }, (_, t) => (t * 7919) % 1024);
const [warm, timed] = [8, 48];
const decoding = (mode) => async () => {
  latent.latentAttention = mode;
  let from = 0;
  for await (const { step } of generate(latent, [prompt], { maxNewTokens: warm + timed }))
    if (step === warm - 1) from = processorSeconds();
  return (processorSeconds() - from) / timed;
};
const perToken = await fastest({ absorbed: decoding("absorbed"), naive: decoding("naive") });

const policy = () =>
  new CausalLM(
    parseConfig({
      model_type: "llama",
      vocab_size: 80,
      hidden_size: 96,
      intermediate_size: 192,
      num_hidden_layers: 3,
      num_attention_heads: 4,
      max_position_embeddings: 64,
      eos_token_id: null,
    }),
    { generator: new Generator(7) },
  );
const [group, answer, steps] = [8, 16, 4];
const prompts = Array.from({ length: 16 }, (_, i) => [3 + i, 20 + i, 2]);
const sampling = { groupSize: group, maxNewTokens: answer, eosTokenId: null };
const reference = policy();
/** Programs that answers stand for: a drawn policy writes none. */
const judged = (answers) =>
  Promise.all(
    answers.map(async ({ prompt: index, ids }) => {
      const code = programs[(index + ids[0]) % programs.length];
      const { verdict } = await sandbox.test({ language: "JavaScript", code }, tests);
      return verdict === "passed" ? 1 : ids[1] % 2;
    }),
  );
const parts = await fastest({
  async step() {
    const options = { ...sampling, steps, batchSize: 16, lr: 1e-4, beta: 0.02, reference, seed: 1 };
    for await (const _ of grpo(policy(), prompts, { ...options, padTokenId: 0, reward: judged }));
  },
  async sampling() {
    const model = policy();
    for (let step = 0; step < steps; step++)
      await sampleAnswers(model, prompts, { ...sampling, seed: [step] });
  },
  async running() {
    for (let step = 0; step < steps; step++)
      await judged(
        prompts.flatMap((_, i) =>
          Array.from({ length: group }, (_, j) => ({ prompt: i, ids: [j, j] })),
        ),
      );
  },
});
console.log(
  JSON.stringify({
    name: "deepgrain",
    workload: "coder",
    programs: Object.fromEntries(
      Object.entries(perProgram).map(([name, seconds]) => [name, programs.length / seconds]),
    ),
    decoding: perToken,
    grpo: { ...parts, steps, answers: prompts.length * group },
  }),
);
sandbox.dispose();
await backend.dispose();
process.exit(0);
