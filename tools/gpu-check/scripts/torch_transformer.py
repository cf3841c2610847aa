"""A transformer: training steps, inference, and micro-batches that are all launches."""

from common import SMALL, done, need, times_ms

torch = need("torch")
torch.manual_seed(1)
torch.backends.cuda.matmul.allow_tf32 = False
device = "cuda"
width, depth, length, batch = (64, 2, 16, 4) if SMALL else (768, 8, 256, 16)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Embedding(1000, width)
        layer = torch.nn.TransformerEncoderLayer(width, 4, 4 * width, dropout=0.0, batch_first=True)
        self.layers = torch.nn.TransformerEncoder(layer, depth, enable_nested_tensor=False)
        self.head = torch.nn.Linear(width, 1000)

    def forward(self, tokens):
        return self.head(self.layers(self.embed(tokens)))


model = Model().to(device)
optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4)
tokens = torch.randint(0, 1000, (batch, length), generator=torch.Generator().manual_seed(2)).to(device)
losses = []


def train_step():
    optimiser.zero_grad(set_to_none=True)
    logits = model(tokens)
    loss = torch.nn.functional.cross_entropy(logits[:, :-1].reshape(-1, 1000), tokens[:, 1:].reshape(-1))
    loss.backward()
    optimiser.step()
    losses.append(loss.detach())


rounds = 5 if SMALL else 50
train_ms = times_ms(train_step, torch.cuda.synchronize, rounds)
results = {"first loss": losses[0].item(), "last loss": losses[-1].item()}

model.eval()
with torch.inference_mode():
    inference_ms = times_ms(lambda: model(tokens), torch.cuda.synchronize, rounds)
    one = tokens[:1, :8].contiguous()
    micro_ms = times_ms(lambda: model(one), torch.cuda.synchronize, 4 * rounds)
    results["logits"] = model(tokens).double().abs().mean().item()

done(results, {"train_step_ms": train_ms, "inference_ms": inference_ms, "micro_batch_ms": micro_ms})
