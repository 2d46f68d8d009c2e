# python3 workloads.py <threads> <name> <seconds> [folder of Cora] [hidden width]: the workloads of ours/workload.mjs in PyTorch eager on
# the CPU, with fused Adam. One thread is timed by the processor's clock, several by the wall's. One line of JSON a form.
import csv, json, sys, time, warnings
import torch, torch.nn as nn, torch.nn.functional as F

threads, name, seconds = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
hidden = int(sys.argv[5]) if len(sys.argv) > 5 else 64
torch.set_num_threads(threads)
torch.manual_seed(0)
warnings.filterwarnings("ignore", message="Sparse (CSR|invariant)")
clock = time.process_time if threads == 1 else time.perf_counter


def measure(form, step):
    for _ in range(3):
        step()
    start = clock()
    step()
    once = max(1, int(4e-3 / max(1e-6, clock() - start)))
    times, until = [], clock() + seconds
    while clock() < until or len(times) < 3:
        start = clock()
        for _ in range(once):
            step()
        times.append((clock() - start) * 1e3 / once)
    times.sort()
    print(json.dumps({"name": form, "workload": name, "hidden": hidden, "threads": threads, "medianMs": times[len(times) // 2], "bestMs": times[0]}))


def trained(model, loss, **options):
    optimizer = torch.optim.Adam(model.parameters(), fused=True, **options)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss().backward()
        optimizer.step()

    return step


def conv():
    x = torch.randn(32, 32, 28, 28, requires_grad=True)
    weight = torch.randn(64, 32, 3, 3, requires_grad=True)
    gradient = torch.randn(32, 64, 28, 28)

    def step():
        x.grad = weight.grad = None
        F.conv2d(x, weight, padding=1).backward(gradient)

    measure("pytorch", step)


def cnn():
    stage = lambda i, o: (nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(), nn.MaxPool2d(2))
    model = nn.Sequential(*stage(1, 16), *stage(16, 32), nn.Flatten(), nn.Linear(32 * 49, 10))
    x, labels = torch.randn(32, 1, 28, 28), torch.randint(10, (32,))
    measure("pytorch", trained(model, lambda: F.cross_entropy(model(x), labels)))


def mlp():
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))
    x, y = torch.randn(32, 8), torch.randn(32, 1)
    measure("pytorch", trained(model, lambda: F.mse_loss(model(x), y)))


def graph():
    if len(sys.argv) > 4:
        rows = lambda file: list(csv.reader(open(f"{sys.argv[4]}/{file}.csv")))[1:]
        nodes, edges = rows("nodes"), torch.tensor([[int(x) for x in row] for row in rows("edges")]).t()
        features = torch.zeros(len(nodes), 1433)
        for i, row in enumerate(nodes):
            features[i, [int(word) for word in row[3].split()]] = 1
        labels = torch.tensor([int(row[1]) if row[2] == "train" else -100 for row in nodes])
    else:
        edges, features, labels = torch.randint(2708, (2, 5278)), torch.zeros(2708, 1433), torch.randint(7, (2708,))
        features[torch.randint(2708, (49216,)), torch.randint(1433, (49216,))] = 1
        labels[140:] = -100
    own = torch.arange(len(labels))
    source, target = torch.cat([edges[0], edges[1], own]), torch.cat([edges[1], edges[0], own])
    degree = torch.zeros(len(labels)).index_add_(0, target, torch.ones(len(target)))
    return features, labels, source, target, (degree[source] * degree[target]).rsqrt()


class Gcn(nn.Module):
    def __init__(self, propagate, multiply, last):
        super().__init__()
        self.propagate, self.multiply, self.last = propagate, multiply, last
        self.first = nn.Parameter(torch.randn(1433, hidden) / 38)
        self.bias = nn.Parameter(torch.zeros(hidden))
        self.second = nn.Parameter(torch.randn(hidden, 7) / hidden**0.5)
        self.bias2 = nn.Parameter(torch.zeros(7))

    def forward(self):
        hidden = torch.relu(self.propagate(self.multiply(self.first)) + self.bias)
        return self.last(hidden @ self.second) + self.bias2


# x -> matrix @ x for a sparse matrix, with the transpose made once: what careful users of PyTorch write.
class SparseProduct(torch.autograd.Function):
    @staticmethod
    def forward(context, matrix, transpose, x):
        context.transpose = transpose
        return matrix @ x

    @staticmethod
    def backward(context, gradient):
        return None, None, context.transpose @ gradient


def sparse(rows, columns, values, shape):
    csr = lambda r, c, s: torch.sparse_coo_tensor(torch.stack([r, c]), values, s).coalesce().to_sparse_csr()
    matrix, transpose = csr(rows, columns, shape), csr(columns, rows, shape[::-1])
    return lambda x: SparseProduct.apply(matrix, transpose, x)


def gcn():
    features, labels, source, target, weights = graph()

    def index_add(x):
        messages = x[source] * weights[:, None]
        return torch.zeros_like(x).index_add(0, target, messages)

    by_csr = sparse(target, source, weights, (len(labels), len(labels)))
    word = features.nonzero().t()
    by_words = sparse(word[0], word[1], torch.ones(word.shape[1]), tuple(features.shape))
    dense = lambda weight: features @ weight
    # The rows of the labelled nodes are all that the loss needs of the last layer.
    train = (labels >= 0).nonzero().flatten()
    # All that the loss depends on: nodes within one step (near) and two (far).
    senders = lambda nodes: source[torch.isin(target, nodes)].unique()
    near = senders(train)
    far = senders(near)

    def part(rows, columns):
        row, column = torch.full((2, len(labels)), -1)
        row[rows], column[columns] = torch.arange(len(rows)), torch.arange(len(columns))
        kept = (row[target] >= 0) & (column[source] >= 0)
        return sparse(row[target[kept]], column[source[kept]], weights[kept], (len(rows), len(columns)))

    by_rows = part(train, torch.arange(len(labels)))
    far_features = features[far]
    far_word = far_features.nonzero().t()
    by_far_words = sparse(far_word[0], far_word[1], torch.ones(far_word.shape[1]), (len(far), features.shape[1]))
    everywhere = lambda logits: F.cross_entropy(logits, labels, ignore_index=-100)
    targets = labels[train]
    labelled = lambda logits: F.cross_entropy(logits, targets)
    for form, propagate, multiply, last, loss in [
        ("pytorch-index-add", index_add, dense, index_add, everywhere),
        ("pytorch-csr", by_csr, dense, by_csr, everywhere),
        ("pytorch-csr-rows", by_csr, dense, by_rows, labelled),
        ("pytorch-csr-field", part(near, far), lambda weight: far_features @ weight, part(train, near), labelled),
        ("pytorch-csr-words", by_csr, by_words, by_csr, everywhere),
        ("pytorch-csr-words-rows", by_csr, by_words, by_rows, labelled),
        ("pytorch-csr-words-field", part(near, far), by_far_words, part(train, near), labelled),
    ]:
        model = Gcn(propagate, multiply, last)
        measure(form, trained(model, lambda: loss(model()), lr=1e-2))


{"conv": conv, "cnn": cnn, "mlp": mlp, "gcn": gcn}[name]()
