# python3 moe-layer.py <threads> <seconds a case>: the layer of ours/moe-layer.mjs in PyTorch eager on the CPU, written the
# usual way: a loop over experts with index_add. Prints a line of JSON for each number of rows an expert.
import json, sys, time
import torch, torch.nn as nn, torch.nn.functional as F

threads, seconds = int(sys.argv[1]), float(sys.argv[2])
torch.set_num_threads(threads)
torch.manual_seed(0)
D, WIDTH, EXPERTS, TOP_K = 256, 128, 32, 4


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate, self.up = nn.Linear(D, WIDTH, bias=False), nn.Linear(D, WIDTH, bias=False)
        self.down = nn.Linear(WIDTH, D, bias=False)

    def forward(self, x):
        return self.down(F.silu(self.gate(x)) * self.up(x))


class Mixture(nn.Module):
    def __init__(self):
        super().__init__()
        self.router = nn.Linear(D, EXPERTS, bias=False)
        self.experts = nn.ModuleList(Network() for _ in range(EXPERTS))
        self.shared = Network()

    def forward(self, x):
        weights, ids = torch.topk(F.softmax(self.router(x), dim=-1), TOP_K, dim=-1, sorted=False)
        y = torch.zeros_like(x)
        for e, expert in enumerate(self.experts):
            token, choice = torch.where(ids == e)
            if token.numel() > 0:
                y = y.index_add(0, token, expert(x[token]) * weights[token, choice].unsqueeze(1))
        return y + self.shared(x)


layer = Mixture()
clock = time.process_time if threads == 1 else time.perf_counter


def step(x):
    start = clock()
    layer(x).sum().backward()
    elapsed = clock() - start
    layer.zero_grad(set_to_none=True)
    x.grad = None
    return 1000 * elapsed


for rows in (1, 4, 8, 32, 256):
    x = torch.randn(rows * EXPERTS // TOP_K, D, requires_grad=True)
    for _ in range(3):
        step(x)
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        times.append(step(x))
    times.sort()
    row = {"name": "pytorch", "threads": threads, "rows": rows, "medianMs": times[len(times) // 2], "bestMs": times[0]}
    print(json.dumps(row))
