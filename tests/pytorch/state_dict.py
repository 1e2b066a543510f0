"""State dicts between PyTorch and netdsl: names, order, shapes, dtypes and values, both ways."""

import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.blocks = nn.Sequential(Residual(8), Residual(8))
        self.fc = nn.Linear(8, 10)


class Sequence(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(4, 6, num_layers=2, bidirectional=True, batch_first=True)
        self.encoder = nn.TransformerEncoderLayer(12, 4, dim_feedforward=16, batch_first=True)
        self.norm = nn.LayerNorm(12)
        self.head = nn.Linear(12, 5)


def equal(ours, theirs, widened=False):
    assert list(sorted(ours)) == list(sorted(theirs)), set(ours) ^ set(theirs)
    for name, tensor in theirs.items():
        assert ours[name].shape == tensor.shape, (name, ours[name].shape, tensor.shape)
        if not (widened and tensor.is_floating_point()):
            assert ours[name].dtype == tensor.dtype, (name, ours[name].dtype, tensor.dtype)
        assert torch.equal(ours[name], tensor.to(ours[name].dtype)), name


def main(program):
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        sent, back = str(Path(folder) / "sent.safetensors"), str(Path(folder) / "back.safetensors")
        for name, model in [("lenet", LeNet()), ("resnet", ResNet()), ("sequence", Sequence())]:
            for dtype in [torch.float32, torch.float64, torch.float16, torch.bfloat16]:
                state = {k: v.to(dtype) if v.is_floating_point() else v for k, v in model.state_dict().items()}
                save_file(state, sent)
                subprocess.run([program, name, sent, back], check=True)
                equal(load_file(back), state, widened=dtype != torch.float32)
            subprocess.run([program, name, "--fresh", back], check=True)
            fresh = load_file(back)
            model.load_state_dict(fresh, strict=True)
            equal(fresh, model.state_dict())
            print(f"{name}: {len(fresh)} tensors, the same both ways")


main(sys.argv[1])
