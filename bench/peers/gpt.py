# python3 gpt.py <threads> <seconds>: the training step of ours/workload.mjs gpt in PyTorch eager on the CPU, fused Adam.
# One thread is timed by the processor's clock, several by the wall's. Prints one line of JSON per kind of attention.
import json, math, sys, time
import torch, torch.nn as nn, torch.nn.functional as F

threads, seconds = int(sys.argv[1]), float(sys.argv[2])
torch.set_num_threads(threads)
torch.manual_seed(0)
clock = time.process_time if threads == 1 else time.perf_counter
LAYERS, D, HEADS, CONTEXT, BATCH, VOCABULARY = 4, 128, 4, 128, 16, 512


class Block(nn.Module):
    def __init__(self, sdpa):
        super().__init__()
        self.sdpa = sdpa
        self.ln1, self.ln2 = nn.LayerNorm(D), nn.LayerNorm(D)
        self.qkv, self.out = nn.Linear(D, 3 * D), nn.Linear(D, D)
        self.up, self.down = nn.Linear(D, 4 * D), nn.Linear(4 * D, D)
        self.register_buffer("mask", torch.full((CONTEXT, CONTEXT), float("-inf")).triu(1))

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(self.ln1(x)).view(b, t, 3, HEADS, D // HEADS).permute(2, 0, 3, 1, 4)
        if self.sdpa:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            y = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(D // HEADS) + self.mask, -1) @ v
        x = x + self.out(y.transpose(1, 2).reshape(b, t, d))
        return x + self.down(F.gelu(self.up(self.ln2(x)), approximate="tanh"))


class Gpt(nn.Module):
    def __init__(self, sdpa):
        super().__init__()
        self.tokens, self.places = nn.Embedding(VOCABULARY, D), nn.Embedding(CONTEXT, D)
        self.blocks = nn.ModuleList(Block(sdpa) for _ in range(LAYERS))
        self.norm, self.head = nn.LayerNorm(D), nn.Linear(D, VOCABULARY, bias=False)

    def forward(self, ids, targets):
        x = self.tokens(ids) + self.places(torch.arange(CONTEXT))
        for block in self.blocks:
            x = block(x)
        return F.cross_entropy(self.head(self.norm(x)).view(-1, VOCABULARY), targets.view(-1))


for name, sdpa in [("pytorch", False), ("pytorch-sdpa", True)]:
    model = Gpt(sdpa)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, fused=True)
    ids, targets = torch.randint(VOCABULARY, (BATCH, CONTEXT)), torch.randint(VOCABULARY, (BATCH, CONTEXT))

    def step():
        start = clock()
        optimizer.zero_grad(set_to_none=True)
        loss = model(ids, targets)
        loss.backward()
        optimizer.step()
        return (clock() - start) * 1e3

    for _ in range(3):
        step()
    times, until = [], time.perf_counter() + seconds
    while time.perf_counter() < until or len(times) < 5:
        times.append(step())
    times.sort()
    print(json.dumps({"name": name, "threads": threads, "medianMs": times[len(times) // 2], "bestMs": times[0]}))
