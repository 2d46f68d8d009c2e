import { Generator, nn, randn, setBackend, tensor } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { attendBoth } from "../../src/encoder/attend-both";

describe("attendBoth", () => {
  it.each(["js", "wasm"])("sees a window in blocks as it does at once, on %s", (backend) => {
    setBackend(backend);
    const generator = new Generator(3);
    const [q, k, v] = [0, 1, 2].map(() => randn([2, 150, 2, 4], { generator })) as [
      ...Parameters<typeof attendBoth>,
    ];
    const mask = Int32Array.from({ length: 300 }, (_, i) => Number(i < 150 || i % 150 < 90));
    for (const reach of [1, 5, 64, 100, 148]) {
      const options = {
        keyMask: tensor(mask, { shape: [2, 150] }),
        hooks: undefined,
        layer: 0,
        reach,
        dropout: new nn.Dropout(0),
        isDropping: false,
      };
      const blocks = attendBoth(q, k, v, options);
      const whole = attendBoth(q, k, v, { ...options, isDropping: true });
      expect(blocks.dataSync(), `${reach}`).toBeAllclose(whole.dataSync(), { atol: 1e-5 });
    }
  });
});
