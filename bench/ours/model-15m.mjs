// What the benches of rollouts and of batchers share: the backend, a 15M Llama with drawn weights, and rounds that alternate.
import { CausalLM, parseConfig } from "@deepgrain/lm";
import { createBlasBackend, createWasmBackend, Generator, setBackend } from "@deepgrain/tensor-gpu";

/** Tokens in the vocabulary. */
export const VOCABULARY = 4096;

/**
 * Reads `<threads> [rounds] [wasm|blas]`, sets the backend and draws the model.
 * @returns them, the backend's name in lines of JSON, and what disposes of it
 */
export function openModel() {
  const [threads, rounds = 3] = process.argv.slice(2, 4).map(Number);
  const [kind = "wasm"] = process.argv.slice(4);
  const backend = setBackend(
    (kind === "blas" ? createBlasBackend : createWasmBackend)({ threads }),
  );
  const config = parseConfig({
    model_type: "llama",
    vocab_size: VOCABULARY,
    max_position_embeddings: 256,
    hidden_size: 288,
    num_hidden_layers: 6,
    num_attention_heads: 6,
    intermediate_size: 768,
    tie_word_embeddings: true,
    eos_token_id: null,
  });
  return {
    model: new CausalLM(config, { generator: new Generator(7) }),
    name: kind === "wasm" ? "deepgrain" : `deepgrain-${kind}`,
    threads,
    rounds,
    dispose: () => backend.dispose(),
  };
}

/** One thread is timed by the processor's clock, which other programs hardly disturb; several by the wall's. */
async function seconds(threads, run) {
  const [start, begun] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(begun);
  return threads > 1 ? (performance.now() - start) / 1000 : (user + system) / 1e6;
}

/** The shortest time of each way, in seconds, over rounds in which they alternate; a first round is not counted. */
export async function shortestTimes(ways, { threads, rounds }) {
  const shortest = {};
  for (let round = -1; round < rounds; round++)
    for (const [way, run] of Object.entries(ways)) {
      const time = await seconds(threads, run);
      if (round >= 0) shortest[way] = Math.min(shortest[way] ?? Infinity, time); // young code runs slowly
    }
  return shortest;
}
