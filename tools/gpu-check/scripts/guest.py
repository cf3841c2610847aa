"""A guest among others. busy SECONDS: works without a pause, prints how often. fill: allocates until it is refused."""

import sys
import time

import torch

if sys.argv[1] == "busy":
    a = torch.randn(2048, 2048, device="cuda")
    for _ in range(5):
        a @ a
    torch.cuda.synchronize()
    end = time.monotonic() + float(sys.argv[2])
    steps = 0
    while time.monotonic() < end:
        for _ in range(10):
            b = a @ a
        torch.cuda.synchronize()
        steps += 1
    print(steps)
else:
    # The driver's own allocator: PyTorch's keeps larger pieces.
    runtime = torch.cuda.cudart()
    step = 2 * 2**20
    torch.cuda.init()
    held = 0
    import ctypes

    driver = ctypes.CDLL("libcuda.so.1")
    pointer = ctypes.c_uint64()
    torch.empty(1, device="cuda")
    before = torch.cuda.mem_get_info()
    used = before[1] - before[0]
    while driver.cuMemAlloc_v2(ctypes.byref(pointer), ctypes.c_size_t(step)) == 0:
        held += step
        if held > 2**36:
            break
    print(used + held, step)
