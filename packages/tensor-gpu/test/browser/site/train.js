import {
  createGpuBackend,
  createWasmBackend,
  encodeSafetensors,
  getBackend,
  manualSeed,
  memory,
  mseLoss,
  nn,
  openSafetensors,
  optim,
  randn,
  setBackend,
  tidy,
} from "@deepgrain/tensor-gpu";

/** Large enough for its products to be shared by threads. */
class Network extends nn.Module {
  first = new nn.Linear(64, 256);
  second = new nn.Linear(256, 1);

  forward(x) {
    return this.second.forward(this.first.forward(x).relu());
  }
}

function trainNetwork(steps) {
  manualSeed(1);
  const network = new Network();
  const optimizer = new optim.AdamW(network.parameters(), { lr: 0.01 });
  const [x, y] = [randn([256, 64]), randn([256, 1])];
  const losses = Array.from({ length: steps }, () =>
    tidy(() => {
      const loss = mseLoss(network.forward(x), y);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss.itemSync();
    }),
  );
  for (const part of [optimizer, network, x, y]) part.dispose();
  return losses;
}

/** Makes a back end and a model, trains the model, and takes both down again. */
export async function train({ steps, threads }) {
  const backend = createWasmBackend({ threads });
  const report = { threads: await backend.threadsReady(), shared: backend.shared };
  setBackend(backend);
  const losses = trainNetwork(steps);
  await backend.dispose();
  return { ...report, losses, memory: memory() };
}

/** The same on the graphics processor; the code of the error where there is none. */
export async function trainOnGpu({ steps }) {
  try {
    const backend = await createGpuBackend({ mode: "webgl2" });
    setBackend(backend);
    const losses = trainNetwork(steps);
    await backend.dispose();
    return { losses, memory: memory() };
  } catch (error) {
    return { code: error.code };
  }
}

/** What a page gets that chooses nothing: the default back end, and files without a file system. */
export async function useDefaults() {
  const { name } = getBackend();
  const bytes = encodeSafetensors([{ name: "sizes", shape: [2], data: Float32Array.of(3, 4) }]);
  const file = await openSafetensors(new Blob([bytes]));
  const { shape, data } = await file.read("sizes");
  await file.close();
  const refusal = await openSafetensors("sizes.safetensors").catch((error) => error.code);
  return { name, shape: [...shape], data: [...data], refusal };
}
