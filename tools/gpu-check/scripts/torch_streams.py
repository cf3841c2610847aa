"""Several streams with events between them: what one waits for has to be there."""

from common import SMALL, done, need, times_ms

torch = need("torch")
width = 64 if SMALL else 2048
streams = [torch.cuda.Stream() for _ in range(4)]
given = torch.full((width, width), 1.0 / width, device="cuda")


def fan_out():
    begun = torch.cuda.Event()
    begun.record()
    parts = []
    for index, stream in enumerate(streams):
        with torch.cuda.stream(stream):
            stream.wait_event(begun)
            part = given * (index + 1)
            for _ in range(4):
                part = part @ given
            parts.append(part)
    for stream in streams:
        torch.cuda.current_stream().wait_stream(stream)
    return sum(parts)


total_ms = times_ms(fan_out, torch.cuda.synchronize, 5 if SMALL else 50)
done({"sum": fan_out().double().sum().item()}, {"streams_ms": total_ms})
