#!/usr/bin/env python3
"""The training step of `network-training`, by PyTorch: the same layers, batch and method; prints one line of JSON.

The U-Net runs in the memory format that was faster here, channels last, unless told otherwise.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import time

import torch
from torch import nn
from torch.nn import functional

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("case", choices=["unet-32", "unet-64", "mlp"])
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--steps", type=int, default=20)
parser.add_argument("--channels-first", action="store_true")


class Block(nn.Module):
    def __init__(self, channels: int, filters: int, embedding: int):
        super().__init__()
        self.norm1 = nn.GroupNorm(8, channels)
        self.conv1 = nn.Conv2d(channels, filters, 3, padding=1)
        self.embedding = nn.Linear(embedding, filters)
        self.norm2 = nn.GroupNorm(8, filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, padding=1)
        self.shortcut = nn.Identity() if channels == filters else nn.Conv2d(channels, filters, 1)

    def forward(self, x, embedding):
        h = self.conv1(functional.silu(self.norm1(x)))
        h = h + self.embedding(embedding)[:, :, None, None]
        h = self.conv2(functional.silu(self.norm2(h)))
        return self.shortcut(x) + h


class UNet(nn.Module):
    def __init__(self, channels=(16, 32, 64), embedding=64):
        super().__init__()
        levels = len(channels)
        self.first = nn.Linear(embedding, embedding)
        self.second = nn.Linear(embedding, embedding)
        self.input = nn.Conv2d(1, channels[0], 3, padding=1)
        self.down = nn.ModuleList(Block(channels[max(0, k - 1)], channels[k], embedding) for k in range(levels))
        self.middle = Block(channels[-1], channels[-1], embedding)
        self.up = nn.ModuleList(
            Block(channels[k] + channels[min(levels - 1, k + 1)], channels[k], embedding) for k in range(levels)
        )
        self.norm = nn.GroupNorm(8, channels[0])
        self.output = nn.Conv2d(channels[0], 1, 3, padding=1)

    def forward(self, x, waves):
        embedding = functional.silu(self.second(functional.silu(self.first(waves))))
        h = self.input(x)
        kept = []
        for level, block in enumerate(self.down):
            if level:
                h = functional.avg_pool2d(h, 2)
            h = block(h, embedding)
            kept.append(h)
        h = self.middle(h, embedding)
        for level in reversed(range(len(self.up))):
            h = self.up[level](torch.cat([h, kept[level]], 1), embedding)
            if level:
                h = functional.interpolate(h, scale_factor=2)
        return self.output(functional.silu(self.norm(h)))


def main() -> None:
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    if arguments.case == "mlp":
        layers: list[nn.Module] = [nn.Linear(18, 256)]
        for _ in range(3):
            layers += [nn.SiLU(), nn.Linear(256, 256)]
        network = nn.Sequential(*layers, nn.SiLU(), nn.Linear(256, 18))
        inputs, target = (torch.randn(256, 18),), torch.randn(256, 18)
    else:
        cells = int(arguments.case.split("-")[1])
        layout = torch.contiguous_format if arguments.channels_first else torch.channels_last
        network = UNet().to(memory_format=layout)
        target = torch.randn(16, 1, cells, cells)
        inputs = (torch.randn(16, 1, cells, cells).contiguous(memory_format=layout), torch.randn(16, 64))
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    wall, cpu = [], []
    for step in range(3 + arguments.steps):
        wall_start, cpu_start = time.perf_counter(), time.process_time()
        optimizer.zero_grad()
        loss = functional.mse_loss(network(*inputs), target)
        loss.backward()
        optimizer.step()
        if step >= 3:
            wall.append(time.perf_counter() - wall_start)
            cpu.append(time.process_time() - cpu_start)
    print(
        json.dumps(
            {
                "wall": statistics.median(wall),
                "cpu": statistics.median(cpu),
                "peakMemoryBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                "parameters": sum(p.numel() for p in network.parameters()),
                "loss": loss.item(),
            }
        )
    )


if __name__ == "__main__":
    main()
