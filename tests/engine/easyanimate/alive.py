"""How much memory computing takes at the worst, counted without computing, on the meta device."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torch import Tensor
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode


class Alive(TorchDispatchMode):
    """`peak` is the most bytes that were alive at once, of all that was made inside; `given`
    are tensors from outside, of which views may be taken."""

    def __init__(self, given: Iterable[Tensor] = ()) -> None:
        super().__init__()
        self.peak = 0
        self._given = {StorageWeakRef(one.untyped_storage()).cdata for one in given}
        self._alive: dict[int, tuple[StorageWeakRef, int]] = {}

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        result = function(*args, **(kwargs or {}))
        for made in result if isinstance(result, (list, tuple)) else [result]:
            held = StorageWeakRef(made.untyped_storage())
            if held.cdata not in self._given:
                self._alive[held.cdata] = held, made.untyped_storage().nbytes()
        self._alive = {key: one for key, one in self._alive.items() if not one[0].expired()}
        self.peak = max(self.peak, sum(size for _, size in self._alive.values()))
        return result
