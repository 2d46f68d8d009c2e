import { train } from "./train.js";

globalThis.onmessage = async ({ data }) => {
  try {
    globalThis.postMessage({ result: await train(data) });
  } catch (error) {
    globalThis.postMessage({ error });
  }
};
