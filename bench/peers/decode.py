# python3 decode.py <threads> <seconds a case>: the models of ours/decode.mjs in PyTorch eager on the CPU, with a preallocated
# cache and scaled_dot_product_attention; attention of one query over 2,000 keys. Prints a line of JSON per case.
import json, sys, time
import torch, torch.nn.functional as F

threads, seconds = int(sys.argv[1]), float(sys.argv[2])
torch.set_num_threads(threads)
torch.manual_seed(0)
# hidden, layers, heads, key heads, inner, vocabulary, mixture (experts, chosen, width; one shared expert) or None
SHAPES = {
    "260K": (64, 5, 8, 4, 172, 512, None),
    "15M": (288, 6, 6, 6, 768, 32000, None),
    "30M mixture": (256, 6, 8, 8, 1024, 32000, (16, 4, 256)),
    "110M": (768, 12, 12, 12, 2048, 32000, None),
}
CAPACITY = 2048
draw = lambda *shape: torch.randn(shape) * 0.02


class Mlp:
    def __init__(self, d, inner):
        self.up, self.down = draw(2 * inner, d), draw(d, inner)

    def __call__(self, x):
        gate, inner = F.linear(x, self.up).chunk(2, -1)
        return F.linear(F.silu(gate) * inner, self.down)


class Mixture:
    def __init__(self, d, experts, chosen, width):
        self.router, self.chosen = draw(experts, d), chosen
        self.experts, self.shared = [Mlp(d, width) for _ in range(experts)], Mlp(d, width)

    def __call__(self, x):
        weights, ids = F.linear(x, self.router).softmax(-1).topk(self.chosen, -1)
        out = self.shared(x)
        for expert in ids.unique().tolist():
            rows, places = (ids == expert).nonzero(as_tuple=True)
            out.index_add_(0, rows, self.experts[expert](x[rows]) * weights[rows, places, None])
        return out


class Model:
    def __init__(self, d, layers, heads, key_heads, inner, vocabulary, mixture):
        self.heads, self.key_heads, self.size = heads, key_heads, d // heads
        self.table = draw(vocabulary, d)
        rows = d + 2 * key_heads * self.size
        mlp = lambda: Mixture(d, *mixture) if mixture else Mlp(d, inner)
        self.layers = [(draw(rows, d), draw(d, d), mlp()) for _ in range(layers)]
        self.cache = torch.zeros(layers, 2, 1, key_heads, CAPACITY, self.size)
        rate = 10000.0 ** (-torch.arange(0, self.size, 2) / self.size)
        angle = torch.outer(torch.arange(CAPACITY), rate).repeat(1, 2)
        self.cos, self.sin = angle.cos(), angle.sin()

    def rotate(self, x, at, t):
        a, b = x.chunk(2, -1)
        return x * self.cos[at : at + t] + torch.cat([-b, a], -1) * self.sin[at : at + t]

    def step(self, ids, at):
        x, t = self.table[ids], len(ids)
        norm = lambda y: F.rms_norm(y, (y.shape[-1],))
        counts = [self.heads, self.key_heads, self.key_heads]
        for (qkv, out, mlp), cache in zip(self.layers, self.cache):
            parts = F.linear(norm(x), qkv).split([count * self.size for count in counts], -1)
            q, k, v = (p.view(1, t, count, self.size).transpose(1, 2) for p, count in zip(parts, counts))
            cache[0][:, :, at : at + t], cache[1][:, :, at : at + t] = self.rotate(k, at, t), v
            keys, values = cache[:, :, :, : at + t]
            shares = self.heads != self.key_heads
            y = F.scaled_dot_product_attention(self.rotate(q, at, t), keys, values, is_causal=t > 1, enable_gqa=shares)
            x = x + F.linear(y.transpose(1, 2).reshape(t, -1), out)
            x = x + mlp(norm(x))
        return int(F.linear(norm(x[-1:]), self.table).argmax())


def prompt(length, vocabulary):
    return torch.tensor([(i * 7919 + 11) % vocabulary for i in range(length)])


# One thread is timed by the processor's clock, several by the wall's.
clock = time.process_time if threads == 1 else time.perf_counter


def repeat(run, least, times=1):
    taken, until = [], time.perf_counter() + seconds
    while time.perf_counter() < until or len(taken) < least:
        start = clock()
        for i in range(times):
            run(i)
        taken.append((clock() - start) * 1000 / times)
    return sorted(taken)[len(taken) // 5]


def tell(model, what, ms):
    print(json.dumps({"name": "pytorch", "model": model, "threads": threads, "what": what, "ms": ms}))


with torch.inference_mode():
    for name, shape in SHAPES.items():
        model, vocabulary = Model(*shape), shape[5]
        contexts = (16, 1500) if name == "15M" else (16,)
        for context in contexts:
            model.step(prompt(context, vocabulary), 0)
            tell(name, f"token at {context}", repeat(lambda _: model.step(prompt(1, vocabulary), context), 9))
        if name in ("15M", "110M"):
            tell(name, "prompt of 512", repeat(lambda _: model.step(prompt(512, vocabulary), 0), 3))
    query = torch.ones(1, 6, 1, 48)
    for what, count in (("one query, in cache", 1), ("one query, out of cache", 16)):
        caches = torch.rand(count, 2, 1, 6, 2000, 48)
        attend = lambda i: F.scaled_dot_product_attention(query, *caches[i % count])
        tell("6 × 48", what, repeat(attend, 9, 100))
