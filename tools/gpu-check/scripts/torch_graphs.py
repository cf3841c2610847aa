"""CUDA graphs: a captured step, replayed."""

from common import SMALL, done, need, times_ms

torch = need("torch")
torch.manual_seed(5)
width = 64 if SMALL else 1024
layers = torch.nn.Sequential(*[torch.nn.Linear(width, width) for _ in range(16)]).cuda()
given = torch.randn(8, width, generator=torch.Generator().manual_seed(6)).cuda()
with torch.inference_mode():
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            layers(given)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        taken = layers(given)
    replay_ms = times_ms(graph.replay, torch.cuda.synchronize, 20 if SMALL else 500)
    given.mul_(2)
    graph.replay()
    torch.cuda.synchronize()
    wanted = layers(given)
    done(
        {"replay is right": bool(torch.allclose(taken, wanted, rtol=1e-4, atol=1e-5)), "sum": taken.double().abs().sum().item()},
        {"graph_replay_ms": replay_ms},
    )
