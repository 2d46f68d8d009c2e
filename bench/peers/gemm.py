# python3 gemm.py <threads>: matrix products of ours/gemm.mjs in PyTorch on the CPU. One line of JSON per case.
import json, sys, time
import torch

threads = int(sys.argv[1])
torch.set_num_threads(threads)
torch.set_grad_enabled(False)
for m, n, k in [(256, 256, 256), (512, 512, 512), (2048, 256, 256), (512, 512, 128)]:
    for kind in ("nn", "nt", "tn"):
        a = torch.randn(k, m).t() if kind == "tn" else torch.randn(m, k)
        b = torch.randn(n, k).t() if kind == "nt" else torch.randn(k, n)
        c = torch.empty(m, n)
        times, until = [], time.perf_counter() + 0.3
        while time.perf_counter() < until or len(times) < 10:
            start = time.perf_counter()
            torch.mm(a, b, out=c)
            times.append(time.perf_counter() - start)
        times.sort()
        gflops = 2e-9 * m * n * k / times[len(times) // 2]
        print(json.dumps({"name": "pytorch", "threads": threads, "case": f"{m}x{n}x{k} {kind}", "gflops": gflops}))
