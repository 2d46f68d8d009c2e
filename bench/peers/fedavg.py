"""CPU time of a FedAvg round in NumPy: python3 fedavg.py <folder> <clients> <rounds>.

The folder holds <k>.x (float32 rows of 196) and <k>.y (int32 labels) per client. Same model and recipe as the quick bench of
packages/fedlt: MLP 196-128-64-10, E 2, B 32, SGD 0.05, momentum 0.9, clip 1. Prints the median in milliseconds.
"""
import sys
import time

import numpy as np

folder, clients, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
data = [
    (np.fromfile(f"{folder}/{k}.x", np.float32).reshape(-1, 196), np.fromfile(f"{folder}/{k}.y", np.int32))
    for k in range(clients)
]
rng = np.random.default_rng(0)
widths = [196, 128, 64, 10]
model = []
for inputs, outputs in zip(widths, widths[1:]):
    bound = 1 / np.sqrt(inputs)
    model += [rng.uniform(-bound, bound, (outputs, inputs)).astype(np.float32)]
    model += [rng.uniform(-bound, bound, outputs).astype(np.float32)]


def gradients(params, x, y):
    w1, b1, w2, b2, w3, b3 = params
    h1 = np.maximum(x @ w1.T + b1, 0)
    h2 = np.maximum(h1 @ w2.T + b2, 0)
    z = h2 @ w3.T + b3
    e = np.exp(z - z.max(1, keepdims=True))
    e /= e.sum(1, keepdims=True)
    e[np.arange(len(y)), y] -= 1
    e /= len(y)
    d2 = (e @ w3) * (h2 > 0)
    d1 = (d2 @ w2) * (h1 > 0)
    return [d1.T @ x, d1.sum(0), d2.T @ h1, d2.sum(0), e.T @ h2, e.sum(0)]


def local(params, x, y):
    params = [p.copy() for p in params]
    velocity = [np.zeros_like(p) for p in params]
    for _ in range(2):
        order = rng.permutation(len(y))
        for start in range(0, len(y), 32):
            rows = order[start : start + 32]
            grads = gradients(params, x[rows], y[rows])
            norm = np.sqrt(sum(float((g * g).sum()) for g in grads))
            scale = np.float32(min(1, 1 / (norm + 1e-6)))
            for p, v, g in zip(params, velocity, grads):
                v *= np.float32(0.9)
                v += scale * g
                p -= np.float32(0.05) * v
    return params


times = []
for step in range(rounds + 2):
    start = time.process_time()
    updates = [local(model, x, y) for x, y in data]
    sizes = np.array([len(y) for _, y in data], np.float64)
    shares = sizes / sizes.sum()
    model = [sum(s * u[i] for s, u in zip(shares, updates)).astype(np.float32) for i in range(6)]
    if step >= 2:
        times.append(time.process_time() - start)
print(1000 * float(np.median(times)))
