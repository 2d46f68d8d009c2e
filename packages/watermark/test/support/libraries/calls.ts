/** @file The calls that the documentation shows, for the compiler: checked against the types of the real libraries. */
import {
  chooseFromProbabilities,
  createWatermark,
  forNodeLlamaCpp,
  forTransformers,
} from "@deepgrain/watermark";
import {
  AutoModelForCausalLM,
  AutoTokenizer,
  LogitsProcessorList,
  type Tensor,
} from "@huggingface/transformers";
import { getLlama, TokenBias } from "node-llama-cpp";

const watermark = createWatermark({ scheme: "kgw", vocab_size: 512 }, "00".repeat(15).concat("01"));

export async function withTransformers(): Promise<void> {
  const tokenizer = await AutoTokenizer.from_pretrained("name");
  const model = await AutoModelForCausalLM.from_pretrained("name");
  const inputs = tokenizer("The old lighthouse keeper");
  const output = await model.generate({ ...inputs, logits_processor: forTransformers(watermark) });
  const list = new LogitsProcessorList();
  list.push(forTransformers(watermark));
  list.extend([forTransformers(watermark)]);
  await model.generate({ ...inputs, logits_processor: list });
  watermark.detect((output as Tensor).tolist()[0], { promptLength: 3 });
}

export async function withNodeLlamaCpp(): Promise<void> {
  const llama = await getLlama();
  const model = await llama.loadModel({ modelPath: "model.gguf" });
  const sequence = (await model.createContext()).getSequence();
  const prompt = model.tokenize("The old lighthouse keeper");
  const createBias = () => TokenBias.for(model);
  const mark = forNodeLlamaCpp(watermark, { createBias, prompt });
  for await (const token of sequence.evaluate(prompt, { tokenBias: mark.tokenBias }))
    mark.accept(token);
  const steps = sequence.evaluateWithMetadata(prompt, { probabilities: true });
  const step = await steps.next();
  if (step.done) return;
  const { probabilities } = step.value;
  const processor = watermark.createProcessor();
  const token = chooseFromProbabilities(processor, prompt, probabilities, 512, Math.random);
  await steps.next(token as (typeof prompt)[number]);
}
