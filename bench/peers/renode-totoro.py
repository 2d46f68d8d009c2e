# python3 renode-totoro.py <folder of Cora> <rounds>: Totoro of the labelled nodes by NumPy's dense inverse, and by SciPy's
# sparse LU for the labelled rows alone. Prints one line of JSON per form, with the total for comparison.
import csv
import json
import os
import sys
import time

import numpy as np

folder, rounds = sys.argv[1], int(sys.argv[2])
read = lambda name: list(csv.DictReader(open(os.path.join(folder, name))))
nodes, edges = read("nodes.csv"), read("edges.csv")
n = len(nodes)
labels = np.array([int(row["label"]) for row in nodes])
train = np.array([i for i, row in enumerate(nodes) if row["split"] == "train"])
ends = np.array([[int(row["source"]), int(row["target"])] for row in edges])
rows, cols = np.concatenate([ends[:, 0], ends[:, 1], np.arange(n)]), np.concatenate([ends[:, 1], ends[:, 0], np.arange(n)])
degree = np.bincount(rows, minlength=n)
values = 1 / np.sqrt(degree[rows] * degree[cols])
alpha = 0.15


def total(influence):
    gram = influence @ influence.T
    y = labels[train]
    classes = np.unique(y)
    means = np.stack([gram[:, y == c].mean(axis=1) for c in classes], axis=1)
    return float((means.sum(axis=1) - means[np.arange(len(y)), np.searchsorted(classes, y)]).sum())


def dense():
    a = np.zeros((n, n))
    a[rows, cols] = values
    return total(alpha * np.linalg.inv(np.eye(n) - (1 - alpha) * a)[train])


def sparse_lu():
    a = sparse.csc_matrix((values, (rows, cols)), shape=(n, n))
    lu = splu(sparse.identity(n, format="csc") - (1 - alpha) * a)
    start = np.zeros((n, len(train)))
    start[train, np.arange(len(train))] = alpha
    return total(lu.solve(start).T)


forms = [("numpy-inverse", dense)]
try:
    from scipy import sparse
    from scipy.sparse.linalg import splu

    forms.append(("scipy-lu", sparse_lu))
except ImportError:
    pass
for name, form in forms:
    times = []
    for _ in range(rounds):
        start, cpu = time.perf_counter(), time.process_time()
        found = form()
        times.append((time.process_time() - cpu, time.perf_counter() - start))
    cpu, wall = (sorted(column)[rounds // 2] for column in zip(*times))
    print(json.dumps({"name": name, "workload": "totoro", "medianMs": 1000 * cpu, "wallMs": 1000 * wall, "total": found}))
