"""Pinned and pageable copies both ways, and what the memory says of itself."""

import time

from common import SMALL, done, need

torch = need("torch")
size = (1 if SMALL else 256) * 2**20
rounds = 3 if SMALL else 20
results, metrics = {}, {}
on_device = torch.empty(size, dtype=torch.uint8, device="cuda")
pattern = torch.arange(size, dtype=torch.int64).remainder_(251).to(torch.uint8)
for kind in ("pinned", "pageable"):
    there = pattern.pin_memory() if kind == "pinned" else pattern.clone()
    back = torch.zeros_like(there).pin_memory() if kind == "pinned" else torch.zeros_like(there)
    for direction in ("h2d", "d2h"):
        best = 0.0
        for _ in range(rounds):
            torch.cuda.synchronize()
            started = time.perf_counter()
            if direction == "h2d":
                on_device.copy_(there, non_blocking=True)
            else:
                back.copy_(on_device, non_blocking=True)
            torch.cuda.synchronize()
            best = max(best, size / (time.perf_counter() - started) / 1e9)
        metrics[f"{direction}_{kind}_GBps"] = best
    results[f"{kind} bytes are the same"] = bool(torch.equal(back, pattern))
done(results, metrics)
