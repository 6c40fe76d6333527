# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Training in several processes that share their gradients: more of a busy machine."""
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import distributed, nn


def rank() -> int:
    """Return the number of this process; 0 where there is but one."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def average(tensors: Iterable[torch.Tensor]) -> None:
    """Set tensors to their means over all processes."""
    if not distributed.is_initialized():
        return
    tensors = list(tensors)
    flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
    distributed.all_reduce(flat)
    flat /= distributed.get_world_size()
    for tensor, part in zip(tensors, flat.split([t.numel() for t in tensors]), strict=True):
        tensor.copy_(part.reshape(tensor.shape))


def train(network: nn.Module, train_network: Callable, run) -> nn.Module:
    """
    Return the network with the weights that training finds.

    Parameters
    ----------
    network : Module
        Any of its kind.
    train_network : callable
        (run) -> trained network; at the top level of a module.
    run : Fit
        What and how; run.processes train at once.

    """
    if run.processes == 1:
        return train_network(run)
    with TemporaryDirectory() as folder:
        torch.multiprocessing.spawn(_process, (train_network, run, Path(folder)), run.processes)
        network.load_state_dict(torch.load(Path(folder) / 'weights.pt'))
    return network.eval()


def _process(number: int, train_network: Callable, run, folder: Path) -> None:
    """Train as one of several."""
    torch.set_num_threads(1)
    distributed.init_process_group('gloo', init_method=f'file://{folder}/meeting', rank=number,
                                   world_size=run.processes)
    network = train_network(run)
    if number == 0:
        torch.save(network.state_dict(), folder / 'weights.pt')
    distributed.destroy_process_group()
