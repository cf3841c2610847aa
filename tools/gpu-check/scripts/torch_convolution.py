"""A convolution net: cuDNN forward and backward, with batch normalisation."""

from common import SMALL, done, need, times_ms

torch = need("torch")
torch.manual_seed(3)
torch.backends.cudnn.deterministic = True
torch.backends.cudnn.benchmark = False
torch.backends.cudnn.allow_tf32 = False
nn = torch.nn
channels, side, batch = (8, 16, 2) if SMALL else (64, 56, 32)
blocks = []
for index in range(4):
    blocks += [nn.Conv2d(3 if index == 0 else channels, channels, 3, padding=1), nn.BatchNorm2d(channels), nn.ReLU()]
model = nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)).cuda()
optimiser = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
generator = torch.Generator().manual_seed(4)
pictures = torch.randn(batch, 3, side, side, generator=generator).cuda()
labels = torch.randint(0, 10, (batch,), generator=generator).cuda()
losses = []


def train_step():
    optimiser.zero_grad(set_to_none=True)
    loss = nn.functional.cross_entropy(model(pictures), labels)
    loss.backward()
    optimiser.step()
    losses.append(loss.detach())


train_ms = times_ms(train_step, torch.cuda.synchronize, 5 if SMALL else 50)
done({"first loss": losses[0].item(), "cudnn": torch.backends.cudnn.version()}, {"train_step_ms": train_ms})
