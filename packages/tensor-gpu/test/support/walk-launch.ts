import { kernelSource } from "../../src/webgpu/kernel-source";
import type { Launch } from "../../src/webgpu/launcher";

/** What a kernel's loops did. */
export interface Walked {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Multiplications and additions of the statements that add a product of a number and four others. */
  readonly flop: number;
}

/** The source with a count in every function that reads or writes, and in every statement `sum += x[i] * y`. */
const counting = (source: string): string =>
  `@group(0) @binding(2) var<storage, read_write> tally: array<atomic<u32>, 3>;
${source
  .replace(/(fn \w+_(?:at4)\(i: u32\) -> \w+ \{)/g, "$1 atomicAdd(&tally[0], 16u);")
  .replace(/(fn \w+_(?:at|int|bits)\(i: u32\) -> \w+ \{)/g, "$1 atomicAdd(&tally[0], 4u);")
  .replace(/(fn \w+_put4\(i: u32, v: \w+\) \{)/g, "$1 atomicAdd(&tally[1], 16u);")
  .replace(/(fn \w+_put(?:_int|_bits)?\(i: u32, v: \w+\) \{)/g, "$1 atomicAdd(&tally[1], 4u);")
  .replace(/\w+ \+= \w+\[\d\] \* \w+;/g, (line) => `${line} atomicAdd(&tally[2], 8u);`)}`;

/** The arguments of a launch whose views begin at their handles, four bytes an element. */
function wordsOf({ views, numbers = {}, floats = {} }: Launch): Uint32Array {
  const real = Object.values(floats);
  const whole = [
    ...Object.values(views).map(({ storage, offset }) => storage.handle / 4 + offset),
    ...Object.values(numbers),
  ];
  const words = new Uint32Array(64);
  words.set(whole);
  new Float32Array(words.buffer, 4 * whole.length, real.length).set(real);
  return words;
}

/** Runs a launch on a device of its own memory, zeros, and counts what its loops do. @param elements of the memory */
export async function walkLaunch(
  device: GPUDevice,
  launch: Launch,
  elements: number,
): Promise<Walked> {
  const { views, numbers = {}, floats = {}, isWide = false, body, groups } = launch;
  const operands = Object.keys(views);
  const code = kernelSource({
    operands,
    slots: operands.map(() => 0),
    heaps: 1,
    numbers: Object.keys(numbers),
    floats: Object.keys(floats),
    hasTable: false,
    isWide,
    body: body(),
  });
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
  const heap = device.createBuffer({ size: 4 * elements, usage });
  const tally = device.createBuffer({ size: 16, usage });
  const uniform = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
  const argumentBuffer = device.createBuffer({ size: 256, usage: uniform });
  const answer = device.createBuffer({
    size: 16,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(argumentBuffer, 0, wordsOf(launch).buffer as ArrayBuffer);
  const module = device.createShaderModule({ code: counting(code) });
  const pipeline = device.createComputePipeline({ layout: "auto", compute: { module } });
  const buffers = [argumentBuffer, heap, tally];
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(
    0,
    device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    }),
  );
  pass.dispatchWorkgroups(...groups);
  pass.end();
  encoder.copyBufferToBuffer(tally, 0, answer, 0, 16);
  device.queue.submit([encoder.finish()]);
  await answer.mapAsync(GPUMapMode.READ);
  const [bytesRead = 0, bytesWritten = 0, flop = 0] = new Uint32Array(answer.getMappedRange());
  for (const buffer of [...buffers, answer]) buffer.destroy();
  return { bytesRead, bytesWritten, flop };
}
