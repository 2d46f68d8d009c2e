# python3 decode.py <threads> <seconds a case> [models]: the models of ours/decode.mjs in PyTorch eager on the CPU, with a
# preallocated cache and scaled_dot_product_attention. Prints a line of JSON a case.
import json, sys, time
import torch, torch.nn.functional as F

threads, seconds = int(sys.argv[1]), float(sys.argv[2])
models = (sys.argv[3] if len(sys.argv) > 3 else "15M,110M").split(",")
torch.set_num_threads(threads)
torch.manual_seed(0)
SHAPES = {"15M": (288, 6, 6, 768), "110M": (768, 12, 12, 2048)}
VOCABULARY, CAPACITY = 32000, 2048


class Model:
    def __init__(self, d, layers, heads, inner):
        draw = lambda *shape: torch.randn(shape) * 0.02
        self.heads, self.size = heads, d // heads
        self.table = draw(VOCABULARY, d)
        self.layers = [[draw(3 * d, d), draw(d, d), draw(2 * inner, d), draw(d, inner)] for _ in range(layers)]
        self.cache = torch.zeros(layers, 2, 1, heads, CAPACITY, d // heads)
        rate = 10000.0 ** (-torch.arange(0, self.size, 2) / self.size)
        angle = torch.outer(torch.arange(CAPACITY), rate).repeat(1, 2)
        self.cos, self.sin = angle.cos(), angle.sin()

    def rotate(self, x, at, t):
        a, b = x.chunk(2, -1)
        return x * self.cos[at : at + t] + torch.cat([-b, a], -1) * self.sin[at : at + t]

    def step(self, ids, at):
        x, t = self.table[ids], len(ids)
        norm = lambda y: F.rms_norm(y, (y.shape[-1],))
        for (qkv, out, up, down), cache in zip(self.layers, self.cache):
            q, k, v = F.linear(norm(x), qkv).view(1, t, 3, self.heads, self.size).permute(2, 0, 3, 1, 4)
            cache[0][:, :, at : at + t], cache[1][:, :, at : at + t] = self.rotate(k, at, t), v
            keys, values = cache[:, :, :, : at + t]
            y = F.scaled_dot_product_attention(self.rotate(q, at, t), keys, values, is_causal=t > 1)
            x = x + F.linear(y.transpose(1, 2).reshape(t, -1), out)
            gate, inner = F.linear(norm(x), up).chunk(2, -1)
            x = x + F.linear(F.silu(gate) * inner, down)
        return int(F.linear(norm(x[-1:]), self.table).argmax())


def prompt(length):
    return torch.tensor([(i * 7919 + 11) % VOCABULARY for i in range(length)])


def fifth(times):
    return sorted(times)[len(times) // 5]


# One thread is timed by the processor's clock, several by the wall's.
clock = time.process_time if threads == 1 else time.perf_counter


def timed(run):
    start = clock()
    run()
    return (clock() - start) * 1000


def repeat(run, least):
    times, until = [], time.perf_counter() + seconds
    while time.perf_counter() < until or len(times) < least:
        times.append(timed(run))
    return fifth(times)


with torch.inference_mode():
    for name in models:
        model = Model(*SHAPES[name])
        tell = lambda what, ms: print(json.dumps({"name": "pytorch", "model": name, "threads": threads, "what": what, "ms": ms}))
        for context in (16, 1500):
            model.step(prompt(context), 0)
            tell(f"token at {context}", repeat(lambda: model.step(prompt(1), context), 9))
        tell("prompt of 512", repeat(lambda: model.step(prompt(512), 0), 3))
