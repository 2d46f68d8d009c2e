// node webgpu-products.mjs <jax-js|tfjs|onnxruntime> [hardware|software], from a folder where @jax-js/jax, @tensorflow/tfjs with
// its webgpu backend, or onnxruntime-web is installed: the square products of the webgpu part on WebGPU. Prints a line of JSON
// per product.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { nodeGpu } from "../node-gpu.mjs";
import { clockOn, queuedTime } from "../webgpu/queued-time.mjs";
import { productName, webgpuSizes } from "../webgpu/sizes.mjs";

const [library, hardware = "hardware"] = process.argv.slice(2);
const sizes = webgpuSizes[hardware];
const timing = { clock: clockOn(hardware), seconds: sizes.seconds, leastMs: sizes.leastMs };
const require = createRequire(`${process.cwd()}/`);
await nodeGpu();

const operand = (side, factor) =>
  Float32Array.from({ length: side * side }, (_, i) => Math.sin(factor * i));
const operands = (side) => [operand(side, 0.37), operand(side, 0.73)];

async function jaxJs() {
  const jax = await import(pathToFileURL(require.resolve("@jax-js/jax")).href);
  await jax.init("webgpu");
  jax.defaultDevice("webgpu");
  const { numpy, jit } = jax;
  const product = jit((a, b) => numpy.matmul(a, b));
  const corner = jit((c) => c.slice(0, 0));
  return (side) => {
    const [a, b] = operands(side).map((data) => numpy.array(data).reshape([side, side]));
    return {
      queue: () => product(a.ref, b.ref),
      read: (c) => corner(c.ref).data(),
      drop: (c) => c.dispose(),
    };
  };
}

async function tfjs() {
  const tf = require("@tensorflow/tfjs");
  require("@tensorflow/tfjs-backend-webgpu");
  await tf.setBackend("webgpu");
  await tf.ready();
  return (side) => {
    const [a, b] = operands(side).map((data) => tf.tensor2d(data, [side, side]));
    return {
      queue: () => tf.matMul(a, b),
      async read(c) {
        const corner = tf.slice(c, [0, 0], [1, 1]);
        await corner.data();
        corner.dispose();
      },
      drop: (c) => c.dispose(),
    };
  };
}

/** Bytes of a field of a protocol buffer: a number, a text or a message. */
function field(number, value) {
  const varint = (rest) => (rest < 128 ? [rest] : [(rest & 127) | 128, ...varint(rest >>> 7)]);
  if (typeof value === "number") return [number << 3, ...varint(value)];
  const bytes = typeof value === "string" ? [...Buffer.from(value)] : value.flat();
  return [(number << 3) | 2, ...varint(bytes.length), ...bytes];
}

/** An ONNX model of one product, by the field numbers of onnx.proto. */
function productModel(side) {
  const size = field(1, [field(1, side)]);
  const value = (name) => [
    field(1, name),
    field(2, [field(1, [field(1, 1), field(2, [size, size].flat())])]),
  ];
  const node = [field(1, "a"), field(1, "b"), field(2, "c"), field(4, "MatMul")];
  const graph = [
    field(1, node),
    field(2, "product"),
    ...[11, 11, 12].map((number, i) => field(number, value("abc"[i]))),
  ];
  return Uint8Array.from(
    [field(1, 8), field(7, graph), field(8, [field(1, ""), field(2, 13)])].flat(),
  );
}

/** Its memory is shared between threads, from which Dawn takes no bytes. */
function acceptSharedBytes() {
  const { prototype } = globalThis.GPUQueue;
  const { writeBuffer } = prototype;
  prototype.writeBuffer = function (buffer, at, data, ...rest) {
    const own = data.buffer instanceof SharedArrayBuffer ? data.slice() : data;
    const plain = own.buffer instanceof SharedArrayBuffer ? new own.constructor([...own]) : own;
    return writeBuffer.call(this, buffer, at, plain, ...rest);
  };
}

async function onnxruntime() {
  acceptSharedBytes();
  setInterval(() => {}, 1); // without a timer, Node does not come back to what Dawn has finished
  const folder = join(process.cwd(), "node_modules/onnxruntime-web/dist/");
  const ort = await import(pathToFileURL(join(folder, "ort.webgpu.min.mjs")).href);
  ort.env.wasm.wasmPaths = pathToFileURL(folder).href;
  ort.env.wasm.numThreads = 1;
  return async (side) => {
    const session = await ort.InferenceSession.create(productModel(side), {
      executionProviders: ["webgpu"],
      preferredOutputLocation: "gpu-buffer",
    });
    const device = await ort.env.webgpu.device;
    const { STORAGE, COPY_DST, COPY_SRC, MAP_READ } = globalThis.GPUBufferUsage;
    const [a, b] = operands(side).map((data) => {
      const buffer = device.createBuffer({
        size: data.byteLength,
        usage: STORAGE | COPY_DST | COPY_SRC,
      });
      device.queue.writeBuffer(buffer, 0, data);
      return ort.Tensor.fromGpuBuffer(buffer, { dataType: "float32", dims: [side, side] });
    });
    const target = device.createBuffer({ size: 4, usage: COPY_DST | MAP_READ });
    return {
      queue: () => session.run({ a, b }),
      async read(run) {
        const { c } = await run;
        const encoder = device.createCommandEncoder();
        encoder.copyBufferToBuffer(c.gpuBuffer, 0, target, 0, 4);
        device.queue.submit([encoder.finish()]);
        await target.mapAsync(globalThis.GPUMapMode.READ);
        target.unmap();
      },
      drop: async (run) => (await run).c.dispose(),
    };
  };
}

const work = await { "jax-js": jaxJs, tfjs, onnxruntime }[library]();
for (const side of sizes.products)
  console.log(
    JSON.stringify({
      name: library,
      what: productName(side),
      ms: await queuedTime(await work(side), timing),
    }),
  );
if (library === "onnxruntime") {
  console.log("all told"); // With this library Dawn never comes to its end.
  process.kill(process.pid, "SIGKILL");
}
process.exit(0);
